from posture import examples as examples
from posture import measures as measures
from posture._version import __version__ as __version__
from posture.api.analyze import analyze as analyze
from posture.api.analyze import analyze_many as analyze_many
from posture.api.analyze import compare as compare
from posture.api.analyze import read_results as read_results
from posture.api.reading import Comparison as Comparison
from posture.api.reading import Reading as Reading
from posture.api.result import Result as Result
from posture.api.result import Results as Results
from posture.errors import PostureError as PostureError
from posture.errors import UnsuitablePhoto as UnsuitablePhoto
from posture.errors import UsageError as UsageError
from posture.findings.verdict import Finding as Finding
from posture.knowledge.load import Knowledge as Knowledge
from posture.measures.measurement import Measurement as Measurement
from posture.measures.measurement import Unmeasured as Unmeasured
from posture.pipeline import Options as Options
from posture.plan.advise import Plan as Plan
from posture.plan.intake import Intake as Intake
from posture.quantity import Quantity as Quantity
from posture.report.report import Report as Report
from posture.vision.mediapipe_pose import MediaPipeObserver

Observer = MediaPipeObserver
