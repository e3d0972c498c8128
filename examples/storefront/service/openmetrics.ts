export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export interface Sample {
  /** What the sample's name adds to its family's, for example `_total`. */
  suffix?: string;
  labels?: Record<string, string>;
  value: number;
}

export interface Family {
  name: string;
  type: 'counter' | 'gauge' | 'histogram' | 'info';
  /** Must also be the end of the name. */
  unit?: string;
  help: string;
  samples: Sample[];
}

/** OpenMetrics 1.0 text of the families; `timestamp`, in seconds since 1970, goes on every sample when given. */
export function renderOpenMetrics(families: readonly Family[], timestamp?: number): string {
  const lines = families.flatMap(({ name, type, unit, help, samples }) => [
    `# TYPE ${name} ${type}`,
    ...(unit ? [`# UNIT ${name} ${unit}`] : []),
    `# HELP ${name} ${help}`,
    ...samples.map(({ suffix = '', labels = {}, value }) => {
      const pairs = Object.entries(labels).map(([key, label]) => `${key}="${label}"`);
      return [`${name}${suffix}{${pairs.join(',')}}`, String(value), ...(timestamp ? [timestamp] : [])].join(
        ' ',
      );
    }),
  ]);
  return [...lines, '# EOF', ''].join('\n');
}
