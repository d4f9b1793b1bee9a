import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { svgStyle } from '../graph/svg-style.ts';
import type { Language } from '../model/text.ts';
import type { PageData } from './data.ts';

/** What the page needs besides its data: made from src/report/page when ctr is built. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** The data, compressed (RFC 1951) and as letters that no HTML is made of (RFC 4648, 4): a quarter of its JSON. */
function dataText(data: PageData): string {
  return deflateRawSync(JSON.stringify(data), { level: 9 }).toString('base64');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * The page as one file. Its policy lets it load nothing and run only its own script (CSP3); what a recording contains is
 * text to it.
 */
export function htmlPage(data: PageData, parts: PageParts, language: Language): string {
  const { script } = parts;
  const style = `${parts.style}${svgStyle}`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const needsScript = {
    en: 'This page needs JavaScript. It is all in this file and loads nothing; <code>ctr report --md</code> makes a handout without it.',
    zh: '这个网页需要 JavaScript。脚本都在这个文件里，不会加载任何东西；<code>ctr report --md</code> 可以生成不需要脚本的讲义。',
  }[language];
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(data.header.name)} · ctr</title>
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<div id="print"></div>
<noscript><p>${needsScript}</p></noscript>
<script type="text/plain" id="data">${dataText(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}
