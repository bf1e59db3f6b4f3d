// One pass through E2B's JavaScript SDK; prints what it saw as JSON, for test_javascript_sdk.py.
// Arguments: the base URL, an API key.
import { pathToFileURL } from 'node:url'

// The packages are installed outside of the tree.
const packages = process.env.FORKJAIL_TEST_NODE_PACKAGES + '/node_modules/'
const { Sandbox } = await import(pathToFileURL(packages + '@e2b/code-interpreter/dist/index.mjs'))

const [url, apiKey] = process.argv.slice(2)
const options = { apiUrl: url, sandboxUrl: url, apiKey }
const seen = {}
const errorOf = async (promise) => {
  try {
    await promise
    return null
  } catch (error) {
    return `${error.name}: ${error.message}`
  }
}

const sandbox = await Sandbox.create({ ...options, metadata: { user: 'u1' }, envs: { OF_ALL: '1' } })
try {
  await sandbox.runCode('x = 41')
  const second = await sandbox.runCode('x += 1\nx')
  seen.state = [second.text, second.executionCount, second.results[0].isMainResult]

  const lines = []
  const text = 'a\u2028\u{1F600}\u00e9'.repeat(5_000)
  const printed = await sandbox.runCode(`import sys\nprint('${text}')\nprint('err', file=sys.stderr)`, {
    onStdout: (line) => lines.push(line.line),
    onStderr: (line) => lines.push(line.line),
  })
  seen.output = [lines.join('') === text + '\nerr\n', printed.logs.stdout.join('') === text + '\n']

  const plot = await sandbox.runCode('import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()')
  seen.png = Buffer.from(plot.results[0].png, 'base64').subarray(1, 4).toString()
  const frame = await sandbox.runCode("import pandas as pd\npd.DataFrame({'a': [1, 2]})")
  seen.data = frame.results[0].data
  seen.formats = frame.results[0].formats()
  const failed = await sandbox.runCode('1 / 0')
  seen.error = [failed.error.name, failed.error.value, failed.error.traceback.includes('line 1')]
  seen.envs = (await sandbox.runCode("import os\nos.environ['OF_ALL'] + os.environ['OF_RUN']", { envs: { OF_RUN: '2' } })).text

  const context = await sandbox.createCodeContext()
  await sandbox.runCode('x = "own"', { context })
  seen.contexts = [(await sandbox.runCode('x', { context })).text, (await sandbox.runCode('x')).text,
                   (await sandbox.listCodeContexts()).length]
  await sandbox.restartCodeContext(context)
  seen.restarted = (await sandbox.runCode('x', { context })).error.name
  await sandbox.removeCodeContext(context)
  seen.removed = await errorOf(sandbox.runCode('x', { context }))

  const written = await sandbox.files.write('/home/user/sub/a.txt', 'text \u00e9')
  seen.written = [written.name, written.path]
  await sandbox.files.write([{ path: 'b', data: new Uint8Array([0, 1, 255]).buffer }, { path: 'c', data: 'c' }])
  seen.read = [await sandbox.files.read('sub/a.txt'), [...(await sandbox.files.read('b', { format: 'bytes' }))]]
  seen.listed = (await sandbox.files.list('.')).map((entry) => `${entry.type} ${entry.name}`).sort()
  seen.exists = [await sandbox.files.exists('c'), await sandbox.files.exists('d')]
  await sandbox.files.remove('c')
  seen.missing = await errorOf(sandbox.files.read('c'))

  seen.command = await errorOf(sandbox.commands.run('ls'))
  seen.language = await errorOf(sandbox.runCode('1', { language: 'js' }))
  seen.timeout = await errorOf(sandbox.runCode('import time\ntime.sleep(25)', { timeoutMs: 1_000 }))
  seen.after = (await sandbox.runCode('1')).text

  seen.metadata = (await sandbox.getInfo()).metadata
  seen.connected = (await (await Sandbox.connect(sandbox.sandboxId, options)).runCode('x')).text
  seen.paused = [await sandbox.pause(), await sandbox.isRunning(), await sandbox.pause(),
                 (await (await sandbox.connect()).runCode('x')).text]
  await sandbox.setTimeout(600_000)
} finally {
  seen.killed = [await sandbox.isRunning(), await sandbox.kill(), await sandbox.isRunning(), await sandbox.kill()]
}
seen.gone = await errorOf(sandbox.runCode('1'))
console.log(JSON.stringify(seen))
