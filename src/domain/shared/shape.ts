/** What a part has to be for those who read it: of an object also which parts it needs. */
export type Shape = 'any' | 'text' | 'number' | 'list' | { readonly [part: string]: Shape };

/** Whether a value has at least these parts. What else it holds is not looked at. */
export function hasShape(value: unknown, shape: Shape): boolean {
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
        Object.entries(shape).every(([part, each]) => hasShape(Reflect.get(value, part), each))
      );
  }
}
