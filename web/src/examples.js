// Eight scripts that show what is special here. One with steps goes on by itself, a step a run.

const SALES = "month,item,price\n" + ["Jan", "Feb", "Mar", "Apr", "May", "Jun"].map((month, i) =>
  [`${month},tea,${12 + i * 3}`, `${month},coffee,${30 - i * 2}`, `${month},milk,${8 + (i % 3) * 4}`].join("\n")).join("\n") + "\n";

export const EXAMPLES = [
  {
    title: "pandas in milliseconds",
    script: `import pandas as pd

# pandas is imported already: the process was forked from a warm one.
def main():
    orders = pd.DataFrame({
        "city": ["Oslo", "Lima", "Oslo", "Pune", "Lima", "Oslo"],
        "units": [3, 5, 2, 8, 1, 4],
        "price": [9.5, 7.25, 11.0, 3.5, 8.0, 9.5],
    })
    orders["total"] = orders.units * orders.price
    display(orders)
    return orders.groupby("city").total.sum().to_dict()
`,
  },
  {
    title: "A plot",
    script: `import numpy as np
import matplotlib.pyplot as plt

def main():
    x = np.linspace(0, 4 * np.pi, 400)
    figure, axes = plt.subplots(figsize=(7, 3.6))
    for shift in range(5):
        axes.plot(x, np.sin(x + shift / 2) * np.exp(-x / 9), lw=2)
    axes.set_title("Damped waves")
    axes.spines[["top", "right"]].set_visible(False)
    plt.show()
    print("five curves of", len(x), "points")
    return {"highest": float(np.exp(-x / 9).max()), "points": len(x)}
`,
  },
  {
    title: "An endless loop",
    script: `import time

# Stopped by its CPU time limit; what it printed until then is kept.
def main():
    rounds = 0
    while True:
        rounds += 1
        if rounds % 2_000_000 == 0:
            print(f"{time.process_time():.2f} s: {rounds:,} rounds")
`,
    limits: { cpu_time_s: 1 },
  },
  {
    title: "A fork bomb",
    script: `import os

# The filter refuses the call by its name. Nothing is started.
def main():
    while True:
        os.fork()
`,
  },
  {
    title: "Too much memory",
    script: `# Each run has its own limit. Its neighbours and the service notice nothing.
def main():
    held = []
    while True:
        held.append(bytearray(8_000_000))
        print(f"{len(held) * 8} MB")
`,
  },
  {
    title: "A session with a branch",
    session: true,
    mode: "repl",
    steps: [
      { note: "1 of 4. Run it: the table stays in the session.", script: `import pandas as pd
prices = pd.DataFrame({"item": ["tea", "milk"], "price": [4.0, 1.5]})
prices
` },
      { note: "2 of 4. Now break it: empty the table, then never end. The run is killed.", limits: { cpu_time_s: 1 }, script: `prices["price"] = 0
while True:
    pass
` },
      { note: "3 of 4. The table is as it was before. Double the prices.", script: `prices["price"] *= 2
prices
` },
      { note: "4 of 4. Click s2 in the tree, then run: another branch from the same state.", script: `prices["price"] /= 2
prices
` },
    ],
  },
  {
    title: "Read a CSV file",
    files: { "sales.csv": SALES },
    script: `import pandas as pd
import matplotlib.pyplot as plt

# sales.csv is in the list below; drop one of your own there.
def main():
    sales = pd.read_csv("sales.csv")
    table = sales.pivot_table("price", "month", "item", sort=False)
    axes = table.plot.bar(figsize=(7, 3.4), rot=0, ylim=(0, 38))
    axes.legend(ncols=3, frameon=False, loc="upper center")
    plt.show()
    table.to_csv("by_month.csv")
    return table.sum().to_dict()
`,
  },
  {
    title: "async",
    mode: "repl",
    script: `import asyncio

async def brew(name, seconds):
    print("start", name)
    await asyncio.sleep(seconds)
    print("ready", name)
    return name

# A notebook cell: await at the top level, the last expression is the value.
await asyncio.gather(brew("tea", 0.3), brew("coffee", 0.6), brew("cocoa", 0.1))
`,
  },
];
