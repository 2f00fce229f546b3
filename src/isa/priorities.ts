// Falco's priorities: the number is the severity, 0 most severe.

/** Names as alerts print them; index = Priority. */
export const PRIORITY_NAMES = [
  'Emergency',
  'Alert',
  'Critical',
  'Error',
  'Warning',
  'Notice',
  'Informational',
  'Debug',
] as const;

export type Priority = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
export type PriorityName = (typeof PRIORITY_NAMES)[number];

/** Number of a priority name in any case (`info` counts as `informational`); undefined for anything else. */
export function priorityOf(name: string): Priority | undefined {
  const lower = name.toLowerCase();
  const at = PRIORITY_NAMES.findIndex((n) => n.toLowerCase() === lower);
  if (at >= 0) return at as Priority;
  return lower === 'info' ? 6 : undefined;
}
