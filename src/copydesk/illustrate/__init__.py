"""Measure and cache pictures of articles, add them to stories, draw pictures for link previews.

picture = album.find(url) or album.add(url, page)     # measure_only keeps no copy
fetched = measure_picture(url, page.body)             # or in steps; the slow one anywhere
picture = album.keep(fetched, make_forms(fetched))
prove_picture(fetched)                                # or only check it, and keep it
picture = album.keep_original(fetched)                # until a page: make_waiting(album, urls)
album.note(url, article)                              # when all articles have their pictures:
if not album.is_common(url, article):
    story = with_image(story, picture, figure)

form = easel.draw_card(poster)                        # for shared links, once for its words
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.illustrate._album import Album as Album
    from copydesk.illustrate._album import make_waiting as make_waiting
    from copydesk.illustrate._album import with_image as with_image
    from copydesk.illustrate._album_files import Picture as Picture
    from copydesk.illustrate._forms import FetchedPicture as FetchedPicture
    from copydesk.illustrate._forms import PictureForms as PictureForms
    from copydesk.illustrate._forms import average as average
    from copydesk.illustrate._forms import make_forms as make_forms
    from copydesk.illustrate._forms import measure_picture as measure_picture
    from copydesk.illustrate._forms import prove_picture as prove_picture
    from copydesk.illustrate._forms import request_headers as request_headers
    from copydesk.illustrate._forms import thumb_hash as thumb_hash
    from copydesk.illustrate._upload import answer_upload as answer_upload
    from copydesk.illustrate._upload import check_site_logo as check_site_logo
    from copydesk.illustrate._upload import make_logo as make_logo
    from copydesk.illustrate._upload import make_logo_apart as make_logo_apart
    from copydesk.illustrate._upload import make_upload as make_upload
    from copydesk.illustrate._upload import make_upload_apart as make_upload_apart
    from copydesk.illustrate.drawing import Easel as Easel
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
