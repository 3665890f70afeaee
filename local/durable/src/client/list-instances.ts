import type { Hub } from '../hub.ts'
import type { InstanceFilter } from '../store/instance-store.ts'
import { flag, json, type ManagementAnswer, type ManagementRequest, moment, wholeNumber } from './management-request.ts'
import { statusPayload } from './status-payload.ts'

/** Instances on one page when nothing is said. */
const defaultPage = 100

/** The statuses as .NET numbers them; a filter may name either. */
const statusNames = [
  'Running',
  'Completed',
  'ContinuedAsNew',
  'Failed',
  'Canceled',
  'Terminated',
  'Pending',
  'Suspended',
]

const tokenHeader = 'x-ms-continuation-token'

/** A page of instances and where the next one begins. */
export function listInstances({ store }: Hub, { query, headers }: ManagementRequest): ManagementAnswer {
  const size = Math.max(1, wholeNumber(query, 'top') ?? defaultPage)
  const token = headers[tokenHeader]
  const after = typeof token === 'string' && token !== '' ? Buffer.from(token, 'base64').toString('utf8') : undefined
  const prefix = query.get('instanceIdPrefix') ?? undefined
  const found = store.instances.list({ ...filterOf(query), prefix, after, limit: size + 1 })
  const page = found.slice(0, size)
  const showInput = flag(query, 'showInput') ?? true
  const last = found.length > size ? page.at(-1)?.id : undefined
  const next: Record<string, string> =
    last === undefined ? {} : { [tokenHeader]: Buffer.from(last, 'utf8').toString('base64') }
  return json(
    200,
    page.map(instance => statusPayload(instance, showInput)),
    next,
  )
}

/** Statuses nobody knows are ignored, as are moments nobody can read. */
export function filterOf(query: URLSearchParams): InstanceFilter {
  const statuses = query
    .getAll('runtimeStatus')
    .flatMap(value => value.split(','))
    .map(value => (/^\d+$/.test(value) ? statusNames[Number(value)] : value.trim()))
    .filter(value => value !== undefined && statusNames.includes(value)) as string[]
  return {
    createdFrom: moment(query, 'createdTimeFrom'),
    createdTo: moment(query, 'createdTimeTo'),
    statuses: statuses.length === 0 ? undefined : statuses,
  }
}
