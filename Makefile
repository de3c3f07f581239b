# make demo   measure the sample photos        make test   every test, linter and type check
# make app    open the web page                make lock   write the two requirements files anew
# make test-fast   the core's tests alone, under a minute
# make test-slow   batches ended from outside, clusters, guides and notebooks run whole, every sheet of a visit (four minutes)
# make test-pythons   the same on every Python from 3.11 to 3.14 that is found here
# make validate   how right is it: docs/accuracy.md   make people   paint the judged people anew   make fit   fit on others
# make real       real photos and clips, and how near points and outline lie to those set by hand: docs/other_pictures.md
# make refine     how firm are stickers, three poses, the Thomas photo and change: docs/refine.md
# make pictures   the page's pictures for docs/app.md
# make docs       the documentation as one site in site/, and its pages that are made from data
# make bench      how fast, beside the bare pose model: docs/performance.md (ten minutes, on a machine left alone)
# make mutants    does a test fail for every change of the code that measures, judges and advises (half an hour)
# make coverage   how much of the code the tests and the browser runs pass through (twenty minutes)
# make clinic   a clinic's photos from the first batch to the last word of a file, killed, spoiled and put right (15 minutes)
# make soak       the page with four browsers, a batch of 3,000 photos: flat memory, nothing left (40 minutes)
# make fuzz       a hundred thousand spoiled inputs for every reader (half an hour)
# make live       how right and how fast is a live camera, and does the coach see every fault: docs/live.md (half an hour)
.PHONY: demo test test-fast test-slow test-pythons test-e2e app lock clean validate real people fit refine pictures live bench fuzz mutants soak clinic coverage docs
.DEFAULT_GOAL := demo

BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE :=
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib

demo: .venv/.ready
	@$(BIN)/posture analyze sample_images/*.jpg --intake sample_images/intake.toml --out demo_out \
		|| $(BIN)/python tools/expected_refusals.py demo_out sample_images/truth.csv

test: .venv/.ready-test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@said=$$($(BIN)/lint-imports --no-cache 2>&1) || { echo "$$said"; exit 1; }; echo "$$said" | tail -n 1
	@$(BIN)/pytest -n 2

# what measures, judges, advises and speaks: under a minute
FAST := knowledge body quality measures findings plan report text followup test_geometry.py test_errors.py test_pipeline.py test_golden.py

test-fast: .venv/.ready-test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -n 2 $(addprefix tests/,$(FAST))

test-slow: .venv/.ready-test
	@$(BIN)/mypy -p validation
	@$(BIN)/pytest -m slow -n 2

test-pythons:
	@sh tools/test_pythons.sh

test-e2e: .venv/.ready-test
	@sh tools/need_chromium.sh
	@$(BIN)/pytest -m e2e

validate: .venv/.ready-test
	@$(BIN)/python -m validation.accuracy
	@$(BIN)/python -m validation.methods
	@$(BIN)/python -m validation.bodies
	@if [ -d ../shared ]; then $(BIN)/python -m validation.renders ../shared/renders; \
		else echo "../shared is not here: its renders were not measured" >&2; fi

real: .venv/.ready-test
	@if [ -d ../shared ]; then $(BIN)/python -m validation.real ../shared --write; \
		else echo "../shared is not here: its photos and clips were not measured" >&2; exit 1; fi

bench: .venv/.ready-test
	@$(BIN)/python -m validation.speed

fuzz: .venv/.ready-test
	@$(BIN)/python -m validation.fuzz

clinic: .venv/.ready-test
	@$(BIN)/python -m validation.clinic_day
	@sh tools/need_chromium.sh
	@$(BIN)/pytest -m e2e tests/e2e/test_clinic.py

soak: .venv/.ready-test
	@sh tools/need_chromium.sh
	@$(BIN)/python -m validation.soak app
	@$(BIN)/python -m validation.soak batch

# where people, browsers and cameras are: covered with the browser runs counted
PAGES := posture/cli/*,posture/app/*,posture/io/camera.py

coverage: .venv/.ready-test
	@sh tools/need_chromium.sh
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n 2
	@$(BIN)/coverage run -m pytest -m 'e2e or slow'
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --skip-covered --omit "$(PAGES)" --fail-under 95
	@$(BIN)/coverage report --skip-covered --include "$(PAGES)" --fail-under 80

docs: .venv/.ready-test
	@$(BIN)/python -m validation.reference
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q && echo "open site/index.html"

mutants: .venv/.ready-test
	@$(BIN)/python -m validation.mutants

refine: .venv/.ready-test
	@$(BIN)/python -m validation.guides
	@$(BIN)/python -m validation.refine

pictures: .venv/.ready-test
	@sh tools/need_chromium.sh
	@$(BIN)/python -m validation.page pictures
	@$(BIN)/python -m validation.people.fetch
	@$(BIN)/python -m validation.live_page --pictures

live: .venv/.ready-test
	@sh tools/need_chromium.sh
	@$(BIN)/python -m validation.people.fetch
	@$(BIN)/python -m validation.exercises
	@if [ -d ../shared ]; then $(BIN)/python -m validation.live ../shared/renders; \
		$(BIN)/python -m validation.live ../shared/renders 480; \
		else echo "../shared is not here: clips with truth were not measured" >&2; fi
	@$(BIN)/python -m validation.live_page

# Needs the network once, for the mesh data. SETS="tight door" makes only these, PICTURES=DIR keeps the pictures.
people: .venv/.ready-test
	@$(BIN)/python -m validation.people.fetch
	@$(BIN)/python -m validation.people.sets $(SETS) $(if $(PICTURES),--pictures $(PICTURES))

# Goes on where it was killed; observations of older eyes are to be removed by hand first.
# EVERY=25 is a rehearsal, of every 25th person that is fitted on: in a copy, since it writes what it finds.
EVERY ?= 1
OBSERVED := validation/people/.data/observed

fit: .venv/.ready-test
	@$(BIN)/python -m validation.people.fetch
	@$(BIN)/python -m validation.people.sets --resume --every $(EVERY) training_arms --folder $(OBSERVED)
	@$(BIN)/python -m validation.arms
	@$(BIN)/python -m validation.people.sets --resume --every $(EVERY) training training_wider training_pairs training_sisters \
		training_sister_pairs training_loose tuning tuning_within norm_people tuning_twice tuning_poses tuning_strangers \
		tuning_strangers_within tuning_five tuning_five_strangers tuning_arms cousins cousins_loose cousins_natural \
		cousins_twice cousins_sway --folder $(OBSERVED)
	@$(BIN)/python -m validation.vectors
	@$(BIN)/python -m validation.fit --write
	@$(BIN)/python -m validation.calibrate --write
	@$(BIN)/python -m validation.markers fit
	@$(BIN)/python -m validation.baselines

app: .venv/.ready
	@$(BIN)/streamlit run app.py

.venv/.ready: requirements.txt pyproject.toml tools/set_up.sh
	@sh tools/set_up.sh requirements.txt && rm -f .venv/.ready-test && touch $@

.venv/.ready-test: requirements-test.txt pyproject.toml tools/set_up.sh
	@sh tools/set_up.sh requirements-test.txt && touch $@ .venv/.ready

lock: .venv/.ready-test
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
		pyproject.toml --extra app --group setup -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
		pyproject.toml --all-extras --group setup --group test -c requirements.txt -o requirements-test.txt

clean:
	rm -rf .venv demo_out
