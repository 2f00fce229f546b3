// Managed clusters' clouds whose audit logs can be read, and Falco's plugins for them.

export const CLOUDS = ['eks', 'gke', 'aks', 'ovh'] as const;
export type Cloud = (typeof CLOUDS)[number];

/** Falco's plugin for it, as rule files name it; all have the fields of k8saudit. */
export function pluginOf(cloud: Cloud): { readonly name: string; readonly version: string } {
  return { name: `k8saudit-${cloud}`, version: VERSIONS[cloud] };
}

const VERSIONS: Readonly<Record<Cloud, string>> = { eks: '0.12.0', gke: '0.9.0', aks: '0.6.0', ovh: '0.6.0' };
