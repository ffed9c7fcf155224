package io.github.klaviyoexport.internal.page;

/** The style of pages: plain, wide or narrow, light or dark, and light on paper. */
final class PageStyle {
  /** The patterns that go over the colours, each named after a tone. */
  static final String PATTERNS =
      """
      <svg width="0" height="0" class="patterns" aria-hidden="true"><defs>\
      <pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" \
      patternTransform="rotate(45)"><rect width="2" height="6"/></pattern>\
      <pattern id="lines" width="6" height="6" patternUnits="userSpaceOnUse" \
      patternTransform="rotate(-45)"><rect width="1" height="6"/></pattern>\
      <pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">\
      <circle cx="3" cy="3" r="1.4"/></pattern>\
      <pattern id="bars" width="4" height="4" patternUnits="userSpaceOnUse">\
      <rect width="4" height="1"/></pattern></defs></svg>
      """;

  /** The style sheet; it holds nothing that XML would have escaped. */
  static final String CSS =
      """
      :root {
        --paper: #f6f5f1; --card: #ffffff; --ink: #1d1c1a; --quiet: #63605a; --line: #e3e0d8;
        --good: #1f6f54; --good-soft: #dcefe6; --calm: #3f6f9f; --still: #858076;
        --bad: #a32218; --bad-soft: #fbe7e4; --open: #976300; --open-soft: #fbeed0;
        --open-ink: #825500;
      }
      @media screen {
        :root { color-scheme: light dark; }
      }
      @media screen and (prefers-color-scheme: dark) {
        :root {
          --paper: #151513; --card: #1e1e1b; --ink: #eceae4; --quiet: #a8a49a; --line: #3a3933;
          --good: #6fcfa9; --good-soft: #1d3a2f; --calm: #8ab4e0; --still: #938e83;
          --bad: #ff9c90; --bad-soft: #44201c; --open: #f0bf62; --open-soft: #3d2f12;
          --open-ink: #f0bf62;
        }
      }
      * { box-sizing: border-box; }
      body {
        margin: 0; background: var(--paper); color: var(--ink);
        font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
        font-variant-numeric: tabular-nums;
        -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
      }
      header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem; }
      header { padding-top: 3rem; padding-bottom: 1rem; }
      h1, h2, p, li, dd, th, td { overflow-wrap: anywhere; }
      h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.02em; }
      h2 { margin: 0 0 1rem; font-size: 1.125rem; letter-spacing: -0.01em; }
      p { margin: 0 0 0.75rem; max-width: 44rem; }
      p:last-child { margin-bottom: 0; }
      header .facts span { white-space: nowrap; }
      header .kind { margin: 0 0 0.25rem; color: var(--quiet); font-size: 0.875rem; }
      header .facts { margin: 0.5rem 0 0; color: var(--quiet); font-size: 0.875rem; }
      .verdict {
        margin-top: 1.5rem; padding: 1.25rem 1.5rem; border-radius: 10px;
        background: var(--good-soft); border-left: 5px solid var(--good);
      }
      .verdict.open { background: var(--open-soft); border-color: var(--open); }
      .verdict.bad { background: var(--bad-soft); border-color: var(--bad); }
      .verdict .word { margin: 0; color: var(--good); font-weight: 650; }
      .verdict.open .word { color: var(--open-ink); }
      .verdict.bad .word { color: var(--bad); }
      .verdict .said { margin: 0; font-size: 1.125rem; line-height: 1.45; }
      .verdict .next { margin: 0.6rem 0 0; }
      .verdict ul { margin: 0.6rem 0 0; padding-left: 1.2rem; max-width: 44rem; }
      section {
        margin: 1.25rem 0; padding: 1.5rem; background: var(--card);
        border: 1px solid var(--line); border-radius: 10px;
      }
      svg { display: block; overflow: visible; }
      .patterns { position: absolute; fill: var(--card); fill-opacity: 0.55; }
      .bar { margin-bottom: 1.25rem; }
      .swatch { display: inline-block; margin-right: 0.625rem; vertical-align: -0.1em; }
      .fill-good { fill: var(--good); }
      .fill-calm { fill: var(--calm); }
      .fill-quiet { fill: var(--still); }
      .fill-bad { fill: var(--bad); }
      .fill-open { fill: var(--open); }
      .pattern-good { fill: none; }
      .pattern-calm { fill: url(#lines); }
      .pattern-quiet { fill: url(#bars); }
      .pattern-bad { fill: url(#stripes); }
      .pattern-open { fill: url(#dots); }
      table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
      table + table, p + table, dl + table { margin-top: 1.75rem; }
      caption { padding: 0 0 0.5rem; color: var(--quiet); font-size: 0.875rem; text-align: left; }
      th, td { padding: 0.5rem 0.75rem 0.5rem 0; text-align: left; vertical-align: top; }
      th:last-child, td:last-child { padding-right: 0; }
      thead th {
        border-bottom: 1px solid var(--line); color: var(--quiet);
        font-size: 0.8125rem; font-weight: 500;
      }
      tbody th, tfoot th { font-weight: 400; }
      tbody tr + tr > * { border-top: 1px solid var(--line); }
      tfoot th, tfoot td { border-top: 2px solid var(--line); font-weight: 600; }
      th.number, td.number { text-align: right; white-space: nowrap; }
      th.short, td.short { white-space: nowrap; }
      .number + .short { padding-left: 1rem; }
      .figures tbody th { padding-left: 1.5rem; text-indent: -1.5rem; }
      small { color: var(--quiet); font-size: 0.8125rem; }
      .more, .note { margin: 0.75rem 0 0; color: var(--quiet); font-size: 0.875rem; }
      ul.plain { margin: 0; padding-left: 1.2rem; max-width: 44rem; }
      ul.plain li + li { margin-top: 0.4rem; }
      dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr));
        gap: 1rem 1.5rem; margin: 0; }
      dt { color: var(--quiet); font-size: 0.8125rem; }
      dd { margin: 0; font-size: 1.125rem; font-weight: 600; letter-spacing: -0.01em; }
      .lane { margin: 0 0 1rem; }
      .lane svg { border-bottom: 1px solid var(--line); }
      figcaption { display: flex; flex-wrap: wrap; justify-content: space-between;
        gap: 0 1rem; margin-bottom: 0.4rem; font-size: 0.875rem; }
      figcaption b { font-weight: 600; }
      figcaption span { color: var(--quiet); }
      .axis { display: flex; justify-content: space-between; max-width: none; margin: 0;
        color: var(--quiet); font-size: 0.8125rem; }
      footer { padding-top: 0.5rem; padding-bottom: 3rem; color: var(--quiet);
        font-size: 0.875rem; }
      @media (max-width: 40rem) {
        header, main, footer { padding-left: 1rem; padding-right: 1rem; }
        header { padding-top: 1.5rem; }
        h1 { font-size: 1.375rem; }
        section, .verdict { padding: 1rem; }
      }
      @media screen and (max-width: 40rem) {
        .stacks, .stacks tbody, .stacks tr, .stacks th, .stacks td { display: block; }
        .stacks thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); }
        .stacks caption { display: block; }
        .stacks tr { padding: 0.6rem 0; }
        .stacks tr + tr { border-top: 1px solid var(--line); }
        .stacks tbody tr > * { border: 0; padding: 0.1rem 0; white-space: normal; }
        .stacks tbody th { font-weight: 600; }
        .stacks td { display: flex; justify-content: space-between; gap: 1rem; text-align: right; }
        .stacks td::before { content: attr(data-label); color: var(--quiet); text-align: left;
          white-space: nowrap; }
      }
      @media print {
        @page { margin: 16mm; }
        body { background: none; font-size: 10.5pt; }
        * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
        header { padding-top: 0; }
        section { padding: 0; border: 0; margin: 1.5rem 0; }
        h2, caption, thead { break-after: avoid; }
        tr, figure, .verdict, dl { break-inside: avoid; }
      }
      """;

  private PageStyle() {}
}
