// Server-Sent Events of a fetch: [{event, data}]. EventSource cannot POST.

function parse(block) {
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
  }
  return data.length ? { event, data: data.join("\n") } : null;
}

/** Cuts a text that comes in pieces at its empty lines. The pieces are joined once for each event. */
export class EventCutter {
  #parts = [];

  push(text) {
    const events = [];
    let start = 0;
    if (text.startsWith("\n") && this.#parts.at(-1)?.endsWith("\n")) {
      this.#take("", events);
      start = 1;
    }
    for (let end; (end = text.indexOf("\n\n", start)) >= 0; start = end + 2) {
      this.#take(text.slice(start, end), events);
    }
    if (start < text.length) this.#parts.push(text.slice(start));
    return events;
  }

  #take(last, events) {
    this.#parts.push(last);
    const event = parse(this.#parts.join(""));
    this.#parts = [];
    if (event) events.push(event);
  }
}

export async function* readEvents(response) {
  const cutter = new EventCutter();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield* cutter.push(value);
  }
}
