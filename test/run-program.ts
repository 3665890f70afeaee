import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/**
 * Runs a console program of the project to its end and says what it printed.
 *
 * @param file below the project's folder
 * @throws what it printed, errors too, when it ends with one
 */
export async function runProgram(file: string, ...args: string[]): Promise<string> {
  const main = fileURLToPath(new URL(`../${file}`, import.meta.url))
  const options = ['--disable-warning=ExperimentalWarning', main, ...args]
  const { stdout } = await promisify(execFile)(process.execPath, options).catch(error => {
    throw new Error(`${error.stdout}${error.stderr}`)
  })
  return stdout
}
