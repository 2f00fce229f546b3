// Clouds whose logs can be read: apart from the code that reads them, for the list of options.

export const CLOUDS = ['eks', 'gke', 'aks', 'ovh'] as const;
export type Cloud = (typeof CLOUDS)[number];
