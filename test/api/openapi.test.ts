import { readFileSync } from 'node:fs'
import { describedCalls, openApi } from '@remit/api/openapi'
import { describe, expect, test } from 'vitest'

type Json = { readonly [member: string]: Json }

const description = JSON.parse(JSON.stringify(openApi())) as Json
const apps = ['functions-commands', 'functions-projections', 'functions-reviews', 'functions-notices']

function* everyObject(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Json
  for (const member of Object.values(value)) yield* everyObject(member)
}

function resolve(reference: string): unknown {
  const steps = reference.replace(/^#\//, '').split('/')
  return steps.reduce<Json | undefined>(
    (at, step) => at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')],
    description,
  )
}

/** `METHOD /path` of each HTTP function an app registers, read from its table of wiring. */
function registered(app: string): string[] {
  const source = readFileSync(new URL(`../../packages/${app}/src/main.ts`, import.meta.url), 'utf8')
  const rows = [...source.matchAll(/\w+: \[(?:'(POST|GET)', )?'([^']+)', \w+\(/g)]
  const single = [...source.matchAll(/methods: \['(\w+)'\],\s*route: '([^']+)'/g)]
  return [...rows, ...single].map(([, method = 'GET', route]) => `${method} /${route}`)
}

describe('the description of the API', () => {
  test('is OpenAPI 3.1', () => {
    expect(description).toMatchObject({ openapi: '3.1.0', info: { title: 'Remit', version: expect.any(String) } })
  })

  test('every reference leads somewhere', () => {
    const references = [...everyObject(description)].flatMap(({ $ref }) =>
      typeof $ref === 'string' ? [String($ref)] : [],
    )
    expect(references.length).toBeGreaterThan(20)
    for (const reference of references) {
      expect(reference).toMatch(/^#\/components\/schemas\/\w+$/)
      expect(resolve(reference), reference).toBeTypeOf('object')
    }
  })

  test('no schema carries an id or a dialect of its own', () => {
    for (const object of everyObject(description)) {
      expect(object).not.toHaveProperty('$id')
      expect(object).not.toHaveProperty('$schema')
    }
  })

  test('describes each route of the apps, and no other', () => {
    const routes = apps.flatMap(registered)
    expect(routes.length).toBeGreaterThanOrEqual(18)
    expect(routes.toSorted()).toEqual(describedCalls.toSorted())
    const paths = Object.entries(description.paths ?? {})
    const documented = paths.flatMap(([path, methods]) =>
      Object.keys(methods).map(one => `${one.toUpperCase()} ${path}`),
    )
    expect(documented.sort()).toEqual(routes.sort())
  })

  test('every place in a path is a parameter, and every parameter of a path has its place', () => {
    for (const [path, methods] of Object.entries(description.paths ?? {})) {
      for (const operation of Object.values(methods)) {
        const parameters = Object.values(operation.parameters ?? {}) as unknown as { in: string; name: string }[]
        const named = parameters.filter(one => one.in === 'path').map(({ name }) => name)
        expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
      }
    }
  })

  test('a key is required where money moves, and offered at every other command', () => {
    const rules = Object.entries(description.paths ?? {}).flatMap(([path, { post }]) => {
      const parameters = Object.values(post?.parameters ?? {}) as unknown as { name: string; required: boolean }[]
      const key = parameters.find(({ name }) => name === 'Idempotency-Key')
      return post === undefined ? [] : [[path, key?.required] as const]
    })
    expect(rules.length).toBeGreaterThanOrEqual(8)
    const needed = rules.flatMap(([path, required]) => (required ? [path] : []))
    expect(needed).toEqual(['/v1/accounts/{id}/loads', '/v1/transfers'])
    for (const [path, required] of rules)
      if (!path.startsWith('/v1/parked')) expect(required, path).toBeTypeOf('boolean')
  })

  test('bodies refuse unknown members, and know their bounds', () => {
    for (const name of ['Open', 'Load', 'Send', 'Approve', 'Decline', 'Reason']) {
      expect(resolve(`#/components/schemas/${name}`), name).toMatchObject({
        type: 'object',
        additionalProperties: false,
      })
    }
    expect(resolve('#/components/schemas/Send')).toMatchObject({
      required: ['from', 'to', 'amount'],
      properties: { memo: { maxLength: 140 }, metadata: { maxProperties: 20 } },
    })
    expect(resolve('#/components/schemas/Amount')).toMatchObject({ type: 'string', pattern: expect.any(String) })
  })
})
