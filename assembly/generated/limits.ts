// Generated from src/isa by src/build/generate.ts. Do not edit.
export const DEFAULT_MAX_DEPTH: u32 = 1000;
export const DEFAULT_MAX_EVENT_SIZE: u32 = 0x400000;
export const FALCO_MAX_DEPTH: u32 = 300;
export const MAX_ANSWER_DEPTH: u32 = 2000;
export const MAX_CONDITION_DEPTH: u32 = 1000;
export const MAX_CONSTANT_LENGTH: u32 = 255;
export const MAX_INDEX_ROWS: u32 = 128;
export const MAX_LIST_PATH: u32 = 64;
export const MAX_LIST_TEXT: u32 = 1023;
export const MAX_MADE_TEXT: u32 = 0x4000000;
export const MAX_OUTPUT_DEPTH: u32 = 100;
