import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newSigningKey } from 'local-identity/signing-key'

/** What a local system must not share with another: made once, kept with the data, worthless elsewhere. */
export type Secrets = {
  readonly signingKey: string
  readonly cursorSecret: string
  readonly topicKey: string
  readonly deliveryKey: string
}

/** Reads the secrets in this folder, or makes and keeps them. Without a folder they live as long as the process. */
export async function localSecrets(folder: string | undefined): Promise<Secrets> {
  const file = folder && join(folder, 'secrets.json')
  if (file) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text !== undefined) return JSON.parse(text) as Secrets
  }
  const secrets: Secrets = {
    signingKey: JSON.stringify(await newSigningKey()),
    cursorSecret: randomBytes(32).toString('base64url'),
    topicKey: randomBytes(32).toString('base64'),
    deliveryKey: randomBytes(32).toString('base64url'),
  }
  if (folder && file) {
    await mkdir(folder, { recursive: true })
    await writeFile(file, JSON.stringify(secrets), { mode: 0o600 })
  }
  return secrets
}
