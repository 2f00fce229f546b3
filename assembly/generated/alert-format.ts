// Generated from src/isa by src/build/generate.ts. Do not edit.
export const FORMAT_PIECE_KIND: u32 = 0;
export const FORMAT_PIECE_A: u32 = 4;
export const FORMAT_PIECE_B: u32 = 8;
export const FORMAT_PIECE_C: u32 = 12;
export const FORMAT_PIECE_SIZE: u32 = 16;
export const PIECE_CLOCK: u32 = 4;
export const PIECE_DATE: u32 = 5;
export const PIECE_END: u32 = 0;
export const PIECE_JSON: u32 = 3;
export const PIECE_LITERAL: u32 = 1;
export const PIECE_NANOSECONDS: u32 = 6;
export const PIECE_TEXT: u32 = 2;
