"""Upload pictures without end, saying each that is committed: it is there to be killed.

python -m tests.kills.uploading DATABASE_URL MEDIA_DIR ORGANIZATION_ID
"""

import sys
from pathlib import Path
from uuid import UUID

from portal import media, pictures
from portal.db import Database
from portal.media import MediaFolder
from tests.factories import make_upload


def upload(url: str, media_dir: Path, organization_id: UUID) -> None:
    """Save file after file, each before its row; every second takes the one before it away."""
    database, folder = Database(url), MediaFolder(media_dir)
    picture, last = pictures.read(make_upload(), "logo"), None
    while True:
        saved = folder.save(organization_id, picture)
        with database.writing(organization_id) as session:
            row = media.add(saved)
            if last:
                media.remove(organization_id, last)
            session.commit()
        last = None if last else row.id
        print(row.id, flush=True)


if __name__ == "__main__":
    upload(sys.argv[1], Path(sys.argv[2]), UUID(sys.argv[3]))
