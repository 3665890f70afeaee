export type FunctionKind = 'orchestrator' | 'activity' | 'entity'

/** The names an app has registered. Names are compared without their letter case, as the extension does. */
export class FunctionRegistry {
  private readonly names: Record<FunctionKind, Map<string, string>> = {
    orchestrator: new Map(),
    activity: new Map(),
    entity: new Map(),
  }

  register(kind: FunctionKind, name: string): void {
    this.names[kind].set(name.toLowerCase(), name)
  }

  has(kind: FunctionKind, name: string): boolean {
    return this.names[kind].has(name.toLowerCase())
  }

  /** The name as it was registered, or as it was asked for when nobody registered it. */
  spelled(kind: FunctionKind, name: string): string {
    return this.names[kind].get(name.toLowerCase()) ?? name
  }

  /** Says that there is no such function, and which there are. */
  missing(kind: FunctionKind, name: string): string {
    const known = [...this.names[kind].values()]
    const word = kind === 'entity' ? 'entity' : kind
    const others =
      known.length === 0
        ? `No ${word} functions are currently registered!`
        : `The following are the known ${word} functions: '${known.join("', '")}'.`
    return `The function '${name}' doesn't exist, is disabled, or is not an ${word} function. Additional info: ${others}`
  }
}
