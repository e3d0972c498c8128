/** The type that readers need a part to have; for an object, also the parts that it must have. */
export type Shape =
  | 'any'
  | 'text'
  | 'number'
  | 'list'
  | readonly ['orNothing', Shape]
  | { readonly [part: string]: Shape };

/** Whether a value has at least these parts. Other parts are ignored. */
export function hasShape(value: unknown, shape: Shape): boolean {
  if (isOptional(shape)) return value === undefined || hasShape(value, shape[1]);
  switch (shape) {
    case 'any':
      return value !== undefined;
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'list':
      return Array.isArray(value);
    default:
      return (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.entries(shape).every(([part, partShape]) => hasShape(Reflect.get(value, part), partShape))
      );
  }
}

const isOptional = (shape: Shape): shape is readonly ['orNothing', Shape] => Array.isArray(shape);
