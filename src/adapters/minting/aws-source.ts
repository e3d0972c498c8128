import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsSource } from '../../config/index.ts';
import { type Mint, Unmintable } from './minted.ts';

/**
 * AssumeRole of AWS STS, with AWS's own client, which is loaded with the first attempt. Who asks is what that client finds: variables of
 * the environment, a role, or a profile. The credential cannot be revoked.
 */
export function byAws({ region, endpoint, role, policy, ttlMs }: AwsSource): Mint {
  let loaded: Promise<{ sdk: typeof import('@aws-sdk/client-sts'); client: STSClient }> | undefined;
  const load = async () => {
    const sdk = await import('@aws-sdk/client-sts');
    const client = new sdk.STSClient({
      region,
      maxAttempts: 1,
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    return { sdk, client };
  };
  return async ({ session }, timeoutMs) => {
    loaded ??= load();
    try {
      const { sdk, client } = await loaded;
      const command = new sdk.AssumeRoleCommand({
        RoleArn: role,
        RoleSessionName: session,
        DurationSeconds: ttlMs / 1_000,
        ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }),
      });
      const { Credentials } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken)
        throw new Unmintable('STS gave no whole credential');
      return {
        variables: {
          AWS_ACCESS_KEY_ID: AccessKeyId,
          AWS_SECRET_ACCESS_KEY: SecretAccessKey,
          AWS_SESSION_TOKEN: SessionToken,
          AWS_REGION: region,
        },
        expiresAt: Expiration?.getTime(),
      };
    } catch (error) {
      if (error instanceof Unmintable) throw error;
      const { name, code } = error as NodeJS.ErrnoException;
      throw new Unmintable(
        code === 'ERR_MODULE_NOT_FOUND'
          ? 'the package @aws-sdk/client-sts is not installed where this worker runs'
          : `STS: ${code ?? name}`,
      );
    }
  };
}
