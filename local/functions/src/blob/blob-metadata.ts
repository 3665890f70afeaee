import type { BlobGetPropertiesResponse } from '@azure/storage-blob'
import type { BindingData } from '../bindings/expression.ts'
import { zonedTime } from '../storage/trigger-metadata.ts'

/** What a function is told about its blob. The properties have the host's spelling: the library turns it into camel case. */
export function blobMetadata(path: string, uri: string, properties: BlobGetPropertiesResponse): BindingData {
  const time = (at: Date | undefined) => at && zonedTime(at)
  return {
    blobTrigger: path,
    uri,
    properties: {
      LastModified: time(properties.lastModified),
      CreatedOn: time(properties.createdOn),
      Metadata: properties.metadata ?? {},
      ContentLength: properties.contentLength,
      ContentType: properties.contentType,
      ETag: properties.etag,
      ContentHash: properties.contentMD5 && Buffer.from(properties.contentMD5).toString('base64'),
      ContentEncoding: properties.contentEncoding,
      ContentDisposition: properties.contentDisposition,
      ContentLanguage: properties.contentLanguage,
      CacheControl: properties.cacheControl,
      AccessTier: properties.accessTier,
      IsServerEncrypted: properties.isServerEncrypted,
    },
    metadata: properties.metadata ?? {},
  }
}
