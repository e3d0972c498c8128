/** How the responsibility matrix can be written. */
export const MATRIX_FORMATS = ['table', 'csv', 'markdown'] as const;
export type MatrixFormat = (typeof MATRIX_FORMATS)[number];
