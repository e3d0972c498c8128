/** The type and description of each metric, for its readers. */
const HELP = {
  countersign_gateway_requests: ['counter', 'Requests that were answered, by status class'],
  countersign_gateway_decisions: ['counter', 'Decisions that were signed here and count, by verdict'],
  countersign_gateway_problems: ['counter', 'Requests that were refused, by problem'],
  countersign_gateway_alerts: ['counter', 'Alerts that were taken, by what became of them'],
  countersign_gateway_event_streams: ['gauge', 'Pages that listen for changes now'],
  countersign_pending: ['gauge', 'Actions that wait for people now'],
  countersign_reviews_overdue: ['gauge', 'Reviews whose time is over and that nobody made'],
} as const;
type Name = keyof typeof HELP;

/** Counts for Prometheus, as OpenMetrics 1.0 text. Labels are our own words, never foreign text. */
export class Metrics {
  readonly #values = new Map<string, { readonly name: Name; readonly label: string; value: number }>();

  add(name: Name, label = '', count = 1): void {
    this.#at(name, label).value += count;
  }

  set(name: Name, value: number): void {
    this.#at(name, '').value = value;
  }

  text(): string {
    const lines = Object.entries(HELP).flatMap(([name, [type, help]]) => {
      const ownSeries = [...this.#values.values()].filter((series) => series.name === name);
      const suffix = type === 'counter' ? '_total' : '';
      const samples = ownSeries.map(({ label, value }) => `${name}${suffix}${label} ${value}`);
      return [`# TYPE ${name} ${type}`, `# HELP ${name} ${help}`, ...samples];
    });
    return `${[...lines, '# EOF'].join('\n')}\n`;
  }

  #at(name: Name, label: string) {
    const key = `${name}${label}`;
    const series = this.#values.get(key) ?? { name, label, value: 0 };
    this.#values.set(key, series);
    return series;
  }
}
