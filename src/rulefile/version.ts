// Versions of the engine and of plugins: three numbers, the text after them ignored.

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The version at the start of a text. */
export function parseVersion(text: string): Version | undefined {
  const found = /^(\d{1,10})\.(\d{1,10})\.(\d{1,10})/.exec(text);
  return found ? { major: Number(found[1]), minor: Number(found[2]), patch: Number(found[3]) } : undefined;
}

export function formatVersion({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}

export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** Equal majors, and `present` is not older. */
export function isCompatible(present: Version, required: Version): boolean {
  return present.major === required.major && compareVersions(present, required) >= 0;
}
