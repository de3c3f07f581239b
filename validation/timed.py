"""Times one version of posture: run by the Python of that version's environment, it imports nothing of this folder.

    PYTHON validation/timed.py PHOTO PICTURE [PASSES]

For every line on standard input the photo goes from file to report and annotated picture once; the answer is a line
with the seconds that passed and those that the processor worked.
"""

import sys
import time
from pathlib import Path

try:
    from posture.io.photos import read_photo
    from posture.knowledge.load import Knowledge
    from posture.render.overlay import draw, jpeg
    from posture.vision.mediapipe_pose import MediaPipeObserver
except ImportError:  # 1.0.0 had its modules elsewhere
    from posture.adapters.mediapipe_pose import MediaPipeObserver
    from posture.adapters.overlay import draw, save_jpeg
    from posture.adapters.photo_files import read_photo

    from posture.knowledge import Knowledge  # type: ignore[attr-defined]

    def jpeg(picture):
        """The picture as a JPEG's bytes, by way of a file as 1.0.0 wrote it."""
        save_jpeg(picture, Path(sys.argv[2]))
        return Path(sys.argv[2]).read_bytes()


from posture.pipeline import examine


def main() -> None:
    photo, picture = map(Path, sys.argv[1:3])
    observer = MediaPipeObserver(**({"passes": int(sys.argv[3])} if len(sys.argv) > 3 else {}))
    knowledge = Knowledge.load()
    for _ in sys.stdin:
        began, worked = time.perf_counter(), time.process_time()
        frame = read_photo(photo)
        examination = examine(frame, observer, knowledge)
        picture.write_bytes(jpeg(draw(frame, examination, knowledge)))
        picture.with_suffix(".json").write_text(examination.report.to_json(), "utf-8")
        print(time.perf_counter() - began, time.process_time() - worked, flush=True)


if __name__ == "__main__":
    main()
