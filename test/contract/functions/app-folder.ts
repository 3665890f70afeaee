import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folders: string[] = []

/** Removes what `appFolder` made. */
export async function removeAppFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
}

/** An app with one entry file, in a folder of its own, and whatever other files it has. */
export async function appFolder(source: string, files: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'functions-'))
  folders.push(folder)
  const all = {
    'package.json': '{ "type": "module", "main": "main.js" }',
    'host.json': '{ "version": "2.0" }',
    'main.js': `import { app } from '@azure/functions'\n${source}`,
    ...files,
  }
  for (const [name, content] of Object.entries(all)) await writeFile(join(folder, name), content)
  const library = dirname(dirname(fileURLToPath(import.meta.resolve('@azure/functions'))))
  await mkdir(join(folder, 'node_modules', '@azure'), { recursive: true })
  await symlink(library, join(folder, 'node_modules', '@azure', 'functions'))
  return folder
}
