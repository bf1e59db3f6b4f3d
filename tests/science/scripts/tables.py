# lxml, pyarrow.

# %% lxml_trees
from lxml import etree

def main():
    root = etree.fromstring(b"<a><b k='1'>x</b><b k='2'>y</b></a>")
    etree.SubElement(root, "c").text = "z"
    return [root.xpath("//b[@k='2']/text()"), etree.tostring(root).decode()[-12:], len(root)]

# %% lxml_html
from lxml import html

def main():
    page = html.fromstring("<html><body><p class='x'>one<p>two<a href='/u'>link</a></body></html>")
    page.make_links_absolute("http://example.com/")
    return [page.xpath("//p[@class='x']/text()"), [a.get("href") for a in page.iter("a")], page.text_content()]

# %% lxml_schema_and_stylesheet
from lxml import etree

def main():
    style = etree.XSLT(etree.fromstring(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/"><r><xsl:value-of select="count(//b)"/></r></xsl:template></xsl:stylesheet>'))
    schema = etree.XMLSchema(etree.fromstring(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:int"/></xs:schema>'))
    return [str(style(etree.fromstring("<a><b/><b/></a>"))).strip()[-8:], schema.validate(etree.fromstring("<a>1</a>")),
            schema.validate(etree.fromstring("<a>x</a>"))]

# %% lxml_files_and_steps
from lxml import etree

def main():
    with etree.xmlfile("a.xml", encoding="utf-8") as file:
        with file.element("rows"):
            for i in range(50):
                row = etree.Element("row")
                row.text = str(i)
                file.write(row)
    total = sum(int(row.text) for _, row in etree.iterparse("a.xml", tag="row"))
    return total, etree.parse("a.xml").getroot().tag

# %% pandas_reads_html_and_xml
import io
import pandas as pd

def main():
    tables = pd.read_html(io.StringIO("<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"), flavor="lxml")
    frame = pd.read_xml(io.StringIO("<rows><row><a>1</a></row><row><a>2</a></row></rows>"))
    return [tables[0]["a"].tolist(), frame["a"].tolist(), frame.to_xml(index=False)[-7:]]

# %% parquet
import pandas as pd

def main():
    frame = pd.DataFrame({"a": range(1000), "b": ["x", "y"] * 500, "d": pd.date_range("2024-01-01", periods=1000)})
    frame.to_parquet("table.parquet")
    again = pd.read_parquet("table.parquet", columns=["a", "b"])
    return [int(again["a"].sum()), list(again.columns), frame.equals(pd.read_parquet("table.parquet"))]

# %% feather_and_orc
import pandas as pd

def main():
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    frame.to_feather("table.feather")
    frame.to_orc("table.orc")
    return pd.read_feather("table.feather")["a"].tolist(), pd.read_orc("table.orc")["a"].tolist()

# %% arrow_tables
import pyarrow as pa
import pyarrow.compute as pc

def main():
    table = pa.table({"k": ["a", "b", "a"], "v": [1, 2, 3]})
    sums = table.group_by("k").aggregate([("v", "sum")]).sort_by("k")
    return [sums.to_pydict(), pc.mean(table["v"]).as_py(), table.filter(pc.field("v") > 1).num_rows,
            table.to_pandas()["v"].sum().item()]

# %% arrow_csv_and_json
import pyarrow.csv as csv
import pyarrow.json as json
import pyarrow.parquet as pq

def main():
    with open("a.csv", "w") as file:
        file.write("a,b\n1,x\n2,y\n")
    with open("a.json", "w") as file:
        file.write('{"a": 1}\n{"a": 2}\n')
    table = csv.read_csv("a.csv")
    pq.write_table(table, "a.parquet", compression="zstd")
    return [table.column_names, json.read_json("a.json")["a"].to_pylist(), pq.read_metadata("a.parquet").num_rows]

# %% arrow_data_set_in_folders
import pandas as pd
import pyarrow.dataset as ds

def main():
    frame = pd.DataFrame({"year": [2023, 2024, 2024], "v": [1, 2, 3]})
    frame.to_parquet("data", partition_cols=["year"])
    found = ds.dataset("data", partitioning="hive").to_table(filter=ds.field("year") == 2024)
    return found["v"].to_pylist(), int(pd.read_parquet("data")["v"].sum())

# %% arrow_types_in_a_frame
import pandas as pd

def main():
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="int64[pyarrow]"),
                          "s": pd.array(["x", "y"], dtype="string[pyarrow]")})
    return [str(frame.dtypes["a"]), int(frame["a"].sum()), frame["s"].str.upper().tolist(),
            frame.convert_dtypes(dtype_backend="pyarrow").shape]

# %% arrow_streams_and_memory
import pyarrow as pa

def main():
    out = pa.BufferOutputStream()
    table = pa.table({"a": list(range(100))})
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    again = pa.ipc.open_stream(out.getvalue()).read_all()
    with pa.OSFile("a.bin", "wb") as file:
        file.write(out.getvalue())
    with pa.memory_map("a.bin") as mapped:
        return again.num_rows, pa.ipc.open_stream(mapped).read_all().equals(table)
