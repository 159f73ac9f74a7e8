import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goTemplate } from './go-template.ts';
import { TemplateError } from './go-template-parser.ts';

const object = { name: 'web', list: ['a', 'b'], none: [], flag: false, map: { x: 1 }, nested: [{ name: 'inner' }] };

test('templates are filled in', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{{ .name }}!', 'web!'],
    ['{{ .name | Quote }}', '"web"'],
    ['{{ range $i, $x := .list }}{{ $i }}{{ $x }},{{ end }}', '0a,1b,'],
    ['{{ range .none }}x{{ else }}empty{{ end }}', 'empty'],
    ['{{ if .flag }}a{{ else if eq .name "web" }}b{{ else }}c{{ end }}.', 'b.'],
    ['{{ with .map }}{{ .x }}{{ $.name }}{{ end }}', '1web'],
    ['{{ $n := .name }}{{ range .list }}{{ $n }}{{ . }} {{ end }}', 'weba webb '],
    ['a {{- /* nothing */ -}} b', 'ab'],
    ['{{ or .flag .name }}{{ and .name .flag }}{{ not .flag }}', 'webfalsetrue'],
    ['{{ printf "%s-%d" .name (len .list) }}', 'web-2'],
    ['{{ index .list 1 }}', 'b'],
    ['{{ $found := "" }}{{ range .list }}{{ if eq . "a" }}{{ $found = . }}{{ break }}{{ end }}{{ end }}{{ $found }}', 'a'],
    ['{{ range .list }}{{ if eq . "a" }}{{ continue }}{{ end }}{{ . }}{{ end }}', 'b'],
    ['{{ define "x" }}<{{ .item }}{{ $.root.name }}>{{ end }}{{ range .list }}{{ template "x" dict "item" . "root" $ }}{{ end }}', '<aweb><bweb>'],
    ['{{ range until (atoi "3") }}{{ add 1 . }}{{ end }}', '123'],
    ['{{ index .map "y" | default "16Gi" }}', '16Gi'],
    ['{{ (index .nested 0).name }}{{ or (index .nested 1).name "none" }}', 'innernone'],
    ['{{ if and (gt 2 1) (hasPrefix "w" .name) }}{{ upper .name | trunc 2 }}{{ end }}', 'WE'],
    ['{{ if .flag }}{{ $n := "x" }}{{ end }}{{ $n := "y" }}{{ if true }}{{ $n := "z" }}{{ end }}{{ $n }}', 'y'],
  ];
  for (const [source, text] of cases) assert.equal(goTemplate(source)(object, { Quote: (value) => JSON.stringify(value) }), text, source);
});

test('what cannot be read or run is refused', () => {
  assert.throws(() => goTemplate('{{ if .a }}'), TemplateError);
  assert.throws(() => goTemplate('{{ end }}'), TemplateError);
  assert.throws(() => goTemplate('{{ Nothing }}')(object, {}), TemplateError);
  assert.throws(() => goTemplate('{{ template "nothing" . }}')(object, {}), TemplateError);
  assert.throws(() => goTemplate('{{ $new = 1 }}')(object, {}), TemplateError);
  assert.throws(() => goTemplate('{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}')(object, {}), TemplateError);
});
