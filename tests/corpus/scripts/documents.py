# Excel files (openpyxl), HTML (pandas, jinja2).

# %% frame_to_excel_and_back
import pandas as pd

def main():
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [1.5, None]})
    frame.to_excel("table.xlsx", index=False)
    again = pd.read_excel("table.xlsx")
    return again.to_dict("list")["b"], again["a"].sum().item(), again["c"].isna().tolist()

# %% several_sheets
import pandas as pd

def main():
    with pd.ExcelWriter("book.xlsx", engine="openpyxl") as writer:
        for name in ("first", "second"):
            pd.DataFrame({name: range(3)}).to_excel(writer, sheet_name=name, index=False)
    sheets = pd.read_excel("book.xlsx", sheet_name=None)
    return {name: frame[name].sum().item() for name, frame in sheets.items()}

# %% excel_in_memory
import io
import pandas as pd

def main():
    out = io.BytesIO()
    pd.DataFrame({"day": pd.date_range("2024-01-01", periods=3), "v": [1, 2, 3]}).to_excel(out)
    out.seek(0)
    frame = pd.read_excel(out, index_col=0, parse_dates=["day"])
    return out.getvalue()[:2].decode(), frame["day"].dt.day.tolist()

# %% append_a_sheet
import pandas as pd

def main():
    pd.DataFrame({"a": [1]}).to_excel("book.xlsx", sheet_name="one", index=False)
    with pd.ExcelWriter("book.xlsx", mode="a", engine="openpyxl") as writer:
        pd.DataFrame({"a": [2]}).to_excel(writer, sheet_name="two", index=False)
    return pd.ExcelFile("book.xlsx").sheet_names

# %% cells_by_hand
from openpyxl import Workbook, load_workbook

def main():
    book = Workbook()
    sheet = book.active
    sheet.title = "numbers"
    sheet.append(["a", "b", "sum"])
    for i in range(3):
        sheet.append([i, i * 2, f"=A{i + 2}+B{i + 2}"])
    book.save("book.xlsx")
    again = load_workbook("book.xlsx")["numbers"]
    return [[cell.value for cell in row] for row in again.iter_rows()]

# %% formats_and_widths
import datetime
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

def main():
    book = Workbook()
    sheet = book.active
    cell = sheet["A1"]
    cell.value = datetime.date(2024, 1, 2)
    cell.font, cell.fill = Font(bold=True, color="FF0000"), PatternFill("solid", fgColor="FFFF00")
    cell.alignment, cell.border = Alignment(horizontal="center"), Border(left=Side(style="thin"))
    cell.number_format = "yyyy-mm-dd"
    sheet.column_dimensions[get_column_letter(1)].width = 20
    sheet.merge_cells("B1:C2")
    sheet.freeze_panes = "A2"
    book.save("book.xlsx")
    cell = load_workbook("book.xlsx").active["A1"]
    return cell.value.isoformat()[:10], cell.font.bold, cell.number_format

# %% charts_and_pictures
import matplotlib.pyplot as plt
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.drawing.image import Image

def main():
    plt.plot([1, 2])
    plt.savefig("figure.png")
    book = Workbook()
    sheet = book.active
    for row in (("k", "v"), ("a", 1), ("b", 2)):
        sheet.append(row)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    sheet.add_chart(chart, "D1")
    sheet.add_image(Image("figure.png"), "D20")
    book.save("book.xlsx")
    again = load_workbook("book.xlsx").active
    return len(again._charts), len(again._images)

# %% large_sheet_written_and_read_in_steps
from openpyxl import Workbook, load_workbook

def main():
    book = Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    for i in range(2000):
        sheet.append([i, i * i])
    book.save("large.xlsx")
    rows = load_workbook("large.xlsx", read_only=True)["rows"].iter_rows(values_only=True)
    return sum(row[1] for row in rows)

# %% conditional_formats_and_validation
from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

def main():
    book = Workbook()
    sheet = book.active
    for row in (["k", "v"], ["a", 1], ["b", 2]):
        sheet.append(row)
    red = PatternFill(bgColor="FF0000")
    sheet.conditional_formatting.add("B2:B3", CellIsRule(operator="greaterThan", formula=["1"], fill=red))
    sheet.conditional_formatting.add("B2:B3", ColorScaleRule(start_type="min", end_type="max",
                                                             start_color="FFFFFF", end_color="0000FF"))
    choice = DataValidation(type="list", formula1='"a,b"')
    choice.add("A2")
    sheet.add_data_validation(choice)
    sheet.add_table(Table(displayName="T", ref="A1:B3"))
    book.save("book.xlsx")
    return list(sheet.tables)

# %% frame_to_html
import pandas as pd

def main():
    text = pd.DataFrame({"a": [1, 2], "b": ["<x>", "&"]}).to_html(index=False, border=0, classes="t")
    return text.count("<tr"), "&lt;x&gt;" in text, 'class="dataframe t"' in text

# %% style_of_a_frame
import pandas as pd

def main():
    frame = pd.DataFrame({"a": [1.234, 5.678], "b": [2.0, -3.0]})
    style = (frame.style.format("{:.1f}").highlight_max(color="yellow").set_caption("Table")
             .map(lambda v: "color: red" if v < 0 else ""))
    text = style.to_html()
    return "5.7" in text, "background-color: yellow" in text, "Table" in text

# %% gradient_and_bars_of_a_style
import pandas as pd

def main():
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]})
    text = frame.style.background_gradient(cmap="Blues").bar(subset=["b"], color="#d65f5f").to_html()
    return text.count("background-color") >= 3, "linear-gradient" in text

# %% styled_excel
import pandas as pd
from openpyxl import load_workbook

def main():
    frame = pd.DataFrame({"a": [1, -1]})
    frame.style.map(lambda v: "background-color: #ff0000" if v < 0 else "").to_excel("styled.xlsx", index=False)
    return load_workbook("styled.xlsx").active["A3"].fill.fgColor.rgb[-6:]

# %% style_as_latex
import pandas as pd

def main():
    return "tabular" in pd.DataFrame({"a": [1]}).style.to_latex(), "tabular" in pd.DataFrame({"a": [1]}).to_latex()

# %% template
from jinja2 import Template

def main():
    return Template("{% for i in items %}{{ loop.index }}:{{ i|upper }} {% endfor %}").render(items=["a", "b"])

# %% templates_in_files
import os
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError, select_autoescape

def main():
    os.mkdir("templates")
    with open("templates/base.html", "w") as file:
        file.write("<h1>{% block title %}{% endblock %}</h1>")
    with open("templates/page.html", "w") as file:
        file.write('{% extends "base.html" %}{% block title %}{{ title }}{% endblock %}')
    pages = Environment(loader=FileSystemLoader("templates"), autoescape=select_autoescape(), undefined=StrictUndefined)
    page = pages.get_template("page.html").render(title="<b>")
    try:
        pages.from_string("{{ missing }}").render()
    except UndefinedError as error:
        return page, str(error)

# %% macros_filters_and_sandbox
from jinja2.sandbox import SandboxedEnvironment

def main():
    templates = SandboxedEnvironment(trim_blocks=True)
    templates.filters["twice"] = lambda text: text * 2
    source = "{% macro cell(v) %}<td>{{ v|twice }}</td>{% endmacro %}{{ cell('x') }}{{ [3, 1, 2]|sort|join(',') }}"
    return templates.from_string(source).render()

# %% report_with_a_figure
import base64
import io
import jinja2
import matplotlib.pyplot as plt
import pandas as pd

def main():
    frame = pd.DataFrame({"month": ["Jan", "Feb"], "sales": [10, 12]})
    frame.plot.bar(x="month", y="sales")
    out = io.BytesIO()
    plt.savefig(out, format="png")
    page = jinja2.Template("<h1>Sales</h1>{{ table }}<img src='data:image/png;base64,{{ figure }}'>")
    text = page.render(table=frame.to_html(), figure=base64.b64encode(out.getvalue()).decode())
    with open("report.html", "w") as file:
        file.write(text)
    return text[:14], "iVBORw0KGgo" in text

# %% csv_to_grouped_excel
import pandas as pd

def main():
    with open("data.csv", "w") as file:
        file.write("region,sales\nnorth,10\nsouth,5\nnorth,7\n")
    frame = pd.read_csv("data.csv")
    grouped = frame.groupby("region", as_index=False)["sales"].sum()
    grouped.to_excel("grouped.xlsx", index=False)
    return pd.read_excel("grouped.xlsx").to_dict("records")
