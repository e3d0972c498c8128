/** What these types name of Temporal's client, which is inside this package. The package `countersign` has its real types. */
export interface Client {
  readonly connection: { close(): Promise<void> };
}
export interface ConnectionOptions {
  tls?: boolean | TlsConfig | null | undefined;
  /** Milliseconds, or a text such as `10s`. */
  connectTimeout?: number | string | undefined;
}
export interface TlsConfig {
  serverNameOverride?: string;
  /** PEM. */
  serverRootCACertificate?: Uint8Array;
  /** PEM. */
  clientCertPair?: { crt: Uint8Array; key: Uint8Array };
}
