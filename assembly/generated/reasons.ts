// Generated from src/isa by src/build/generate.ts. Do not edit.
export const REASON_INVALID_JSON: u32 = 1;
export const REASON_INVALID_UTF8: u32 = 2;
export const REASON_TOO_DEEP: u32 = 3;
export const REASON_TOO_LARGE: u32 = 4;
export const REASON_NOT_AUDIT_EVENT: u32 = 5;
export const REASON_MISSING_TIMESTAMP: u32 = 6;
export const REASON_BAD_TIMESTAMP: u32 = 7;
