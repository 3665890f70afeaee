import { defaultSettings, type Settings } from '@remit/domain/settings'
import { z } from 'zod'
import type { Surroundings } from './http/endpoint.ts'
import { issuerKeys, tokenVerifier } from './http/identity.ts'
import type { World } from './ports.ts'

/** Settings every app of this system has, from its environment. Units are in the names. */
const environment = z.object({
  /** `AccountEndpoint=…;AccountKey=…;`, also the connection of the triggers. */
  COSMOS: z.string().startsWith('AccountEndpoint='),
  TOKEN_ISSUER: z.url(),
  TOKEN_AUDIENCE: z.string().min(1),
  TOKEN_KEYS_URL: z.url(),
  CURSOR_SECRET: z.string().min(16),
  REVIEW_FROM_MINOR: z.coerce.number().int().positive().default(defaultSettings.reviewFrom),
  SECOND_REVIEW_FROM_MINOR: z.coerce.number().int().positive().default(defaultSettings.secondReviewFrom),
  REVIEW_PERIOD_SECONDS: z.coerce
    .number()
    .positive()
    .default(defaultSettings.reviewPeriod / 1000),
})
export type Environment = z.infer<typeof environment>

/**
 * Reads the settings of an app, with more members where an app has more.
 *
 * @throws ZodError that names each setting that is missing or wrong.
 */
export function readEnvironment<More extends z.ZodRawShape>(more: More) {
  return environment.extend(more).parse(process.env)
}

const milliseconds = z.coerce.number().int().positive()

/**
 * How change feed leases are held. The defaults are shorter than Azure's (13, 17 and 60 s): what a killed process left
 * behind goes on within seconds, and handling something twice when a lease moves too early is harmless here.
 */
const leases = z.object({
  /** How often an instance looks for leases that nobody holds. */
  LEASE_ACQUIRE_MILLISECONDS: milliseconds.default(2_000),
  /** How often it says that it still holds its own. */
  LEASE_RENEW_MILLISECONDS: milliseconds.default(3_000),
  /** After so long a silence a lease is anybody's. */
  LEASE_EXPIRATION_MILLISECONDS: milliseconds.default(10_000),
})

/** @throws ZodError that names each setting that is wrong. */
export function readLeaseSettings() {
  return leases.parse(process.env)
}

/** The figures of the business, as this deployment sets them. */
export function settingsOf(env: Environment): Settings {
  return {
    ...defaultSettings,
    reviewFrom: env.REVIEW_FROM_MINOR,
    secondReviewFrom: env.SECOND_REVIEW_FROM_MINOR,
    reviewPeriod: env.REVIEW_PERIOD_SECONDS * 1000,
  }
}

/** What every endpoint of an app stands in: verified callers, fresh ids, and a log for what nobody expected. */
export function surroundingsOf(env: Environment, world: World): Surroundings {
  const keys = issuerKeys(env.TOKEN_KEYS_URL)
  return {
    verify: tokenVerifier({ issuer: env.TOKEN_ISSUER, audience: env.TOKEN_AUDIENCE, keys, now: world.now }),
    randomId: world.randomId,
    report: (requestId, error) => console.error(requestId, error),
  }
}
