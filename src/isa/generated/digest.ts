// Generated from src/isa by src/build/generate.ts. Do not edit.

export const ISA_DIGEST: number = 0xee1130e2;
