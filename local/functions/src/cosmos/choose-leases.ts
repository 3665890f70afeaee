import type { Lease } from './leases.ts'

/**
 * Which leases an instance should try to take, so that instances end with equal shares: free and expired ones
 * first, and when there are none, one from the instance that has most.
 */
export function chooseLeases(leases: Lease[], owner: string, isExpired: (lease: Lease) => boolean): Lease[] {
  const counts = new Map<string, number>([[owner, 0]])
  const free: Lease[] = []
  for (const lease of leases) {
    if (lease.Owner === null || isExpired(lease)) free.push(lease)
    else counts.set(lease.Owner, (counts.get(lease.Owner) ?? 0) + 1)
  }
  const target = Math.ceil(leases.length / counts.size)
  const needed = target - (counts.get(owner) ?? 0)
  if (needed <= 0) return []
  if (free.length > 0) return free.slice(0, needed)
  const [richest, most] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))
  if (richest === owner || most <= target - (needed > 1 ? 1 : 0)) return []
  return leases.filter(lease => lease.Owner === richest).slice(0, 1)
}
