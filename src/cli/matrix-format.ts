/** The formats of the responsibility matrix. */
export const MATRIX_FORMATS = ['table', 'csv', 'markdown'] as const;
export type MatrixFormat = (typeof MATRIX_FORMATS)[number];
