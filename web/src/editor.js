// The editor: CodeMirror in a shadow root, where it styles itself by constructed style sheets. In the
// document it would add a <style> element, which the page's Content-Security-Policy refuses.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

const color = (name) => ({ color: `var(--code-${name})` });
const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.self], ...color("keyword") },
  { tag: [tags.string, tags.special(tags.string)], ...color("string") },
  { tag: [tags.number, tags.bool, tags.null], ...color("number") },
  { tag: [tags.comment], ...color("comment"), fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName)), tags.className], ...color("name") },
]);

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "var(--code-size)", color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "12px 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 6px 0 14px" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--wash)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection)" },
  ".cm-selectionMatch": { backgroundColor: "var(--wash-strong)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--wash-strong)" },
  ".cm-errorLine, &.cm-focused .cm-errorLine.cm-activeLine": { backgroundColor: "var(--bad-wash)", boxShadow: "inset 3px 0 0 var(--bad)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "8px", overflow: "hidden" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
});

const markLine = StateEffect.define();
const errorLine = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(markLine)) continue;
      if (effect.value === null) return Decoration.none;
      const line = transaction.state.doc.line(effect.value);
      return Decoration.set([Decoration.line({ class: "cm-errorLine" }).range(line.from)]);
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// Text over a selection: left to the browser, it comes in a <span style>, which the page's
// Content-Security-Policy refuses and reports.
function typeOver(event, view) {
  const { main } = view.state.selection;
  if (event.inputType !== "insertText" || event.isComposing || !event.data || main.empty) return false;
  event.preventDefault();
  const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((each) => each(view, main.from, main.to, event.data, insert));
  if (!handled) view.dispatch(insert());
  return true;
}

export class Editor {
  #view;

  constructor(place, { onRun, onChange }) {
    const root = place.attachShadow({ mode: "open" });
    const run = { key: "Mod-Enter", preventDefault: true, run: () => { onRun(); return true; } };
    this.#view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        extensions: [
          lineNumbers(), highlightActiveLineGutter(), history(), drawSelection(), indentOnInput(), indentUnit.of("    "),
          bracketMatching(), closeBrackets(), autocompletion({ activateOnTyping: false }), highlightActiveLine(),
          highlightSelectionMatches(), syntaxHighlighting(highlight), python(), theme, errorLine,
          keymap.of([run, ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
          EditorView.domEventHandlers({ beforeinput: typeOver }),
          EditorView.contentAttributes.of({ tabindex: "0", "aria-label": "Python script. Escape, then Tab, leaves the editor." }),
          EditorView.updateListener.of((update) => { if (update.docChanged) onChange?.(); }),
        ],
      }),
    });
  }

  get text() { return this.#view.state.doc.toString(); }
  set text(text) {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text }, selection: { anchor: 0 } });
  }

  /** Marks the line that failed and shows it; null takes the mark away. */
  mark(number) {
    const known = number !== null && number >= 1 && number <= this.#view.state.doc.lines;
    if (!known) {
      this.#view.dispatch({ effects: markLine.of(null) });
      return;
    }
    const { from } = this.#view.state.doc.line(number);
    this.#view.dispatch({
      effects: [markLine.of(number), EditorView.scrollIntoView(from, { y: "center" })], selection: { anchor: from },
    });
  }

  focus() { this.#view.focus(); }
}
