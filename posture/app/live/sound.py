"""Instructions spoken by the browser, for who stands side on and sees no words."""

from __future__ import annotations

import json

import streamlit as st

from posture.app.navigation import chosen_language

#: A voice of this very device alone: some browsers send words to a server to have them spoken. Where there is none, a
#: tone tells that the instruction has changed. It says nothing twice.
SPEAK = """<script>
(() => {{
  const words = {words}, language = {language};
  if (window.postureSaid === words) return;
  window.postureSaid = words;
  const voice = window.speechSynthesis && speechSynthesis.getVoices().find(
    one => one.localService && one.lang.toLowerCase().startsWith(language));
  if (voice) {{
    const said = new SpeechSynthesisUtterance(words);
    said.voice = voice;
    speechSynthesis.cancel();
    speechSynthesis.speak(said);
    return;
  }}
  const sound = window.postureSound = window.postureSound || new AudioContext();
  const tone = sound.createOscillator(), volume = sound.createGain();
  tone.frequency.value = {hertz};
  volume.gain.setValueAtTime(0.2, sound.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.4);
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.4);
}})();
</script>"""


def say_aloud(words: str, good: bool) -> None:
    """Speak an instruction once; without a voice a high tone where all is good, a low one where something is asked."""
    said, hertz = json.dumps(words).replace("<", "\\u003c"), 880 if good else 330
    language = json.dumps(chosen_language().code)
    st.html(SPEAK.format(words=said, language=language, hertz=hertz), unsafe_allow_javascript=True)
