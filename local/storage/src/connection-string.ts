/** Azurite's account and key are public: https://learn.microsoft.com/azure/storage/common/storage-use-azurite */
const account = 'devstoreaccount1'
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** What an account consists of, as Azurite names it. */
export const services = ['Blob', 'Queue', 'Table'] as const

/** What storage clients take. @param addresses by service */
export function connectionString(addresses: Map<string, string>): string {
  const endpoints = services.map(service => `${service}Endpoint=${addresses.get(service)}/${account};`)
  return `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};${endpoints.join('')}`
}
