import type { Alert, AlertPlaces } from '../../domain/analysis/alerts.ts';

/** An alert as a gateway received it. */
export interface ReceivedAlert extends Alert {
  readonly status: 'firing' | 'resolved';
}

/** Where alerts are kept. Throws when the store is unreachable. */
export interface AlertStore {
  /** Keeps alerts, all or none. What is known already changes nothing. @returns how many were new */
  keep(alerts: readonly ReceivedAlert[]): Promise<number>;
}

/** What a sender of alerts sent, as it came. */
export interface SentAlerts {
  /** The raw body. A signature is over these bytes. */
  readonly body: string;
  /** Returns a header; undefined where it was not sent. */
  readonly header: (name: string) => string | undefined;
}

/** One sender of alerts. */
export interface AlertSender {
  readonly places: AlertPlaces;
  /** Returns why what was sent does not prove to be of this sender; undefined when it does. */
  whyNotProved(sent: SentAlerts): Promise<string | undefined>;
}

export interface AlertDeps {
  /** By the name in the address. */
  readonly senders: Readonly<Record<string, AlertSender>>;
  readonly store: AlertStore;
  /** Told of alerts that are about nothing of ours, for the log. */
  readonly passedOver: (sender: string, reasons: readonly string[]) => void;
}
