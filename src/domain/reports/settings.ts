/** When a report is sent, by the clocks of `ReportSettings.timeZone`. */
export interface SentAt {
  /** The minute of the day: 480 is 08:00. */
  readonly minute: number;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** Which reports an installation sends, to whom, and where files of them are written. */
export interface ReportSettings {
  /** A name of the IANA database. Weeks and months are those of this place. */
  readonly timeZone: string;
  /** `user:name` or `group:name`. */
  readonly to: readonly string[];
  /** An absolute path on the machines of the workers. Absent: no files are written. */
  readonly folder?: string | undefined;
  /** Absent: it is not sent. */
  readonly weekly?: (SentAt & { readonly weekday: Weekday }) | undefined;
  /** The day of the month, 1 to 28. Absent: it is not sent. */
  readonly monthly?: (SentAt & { readonly day: number }) | undefined;
}
