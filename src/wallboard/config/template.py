"""What `wallboard init` writes: a file in which everything is explained and nothing is switched on."""

from __future__ import annotations

TEMPLATE = """\
# wallboard: what to show, and how to sign in.
# Take the # away before the lines of one [[source]], fill them in, then run:  wallboard check
# Every value in force, with its origin:  wallboard config show
# To look around without any account:     wallboard demo

theme = "control-room"            # wallboard themes lists them
# language = "de"                 # "en" or "de"; left out: the terminal's locale
# kiosk = true                    # the wall alone, as with --kiosk: no key leaves it; Ctrl+C twice ends it

[operator]
name = ""                         # who sits here; stands in the journal of actions
phone = ""                        # my telephone: rings for listen, whisper, barge and pick-up
# may = ["listen", "transfer", "note"]   # exactly these verbs; left out: every one
# idle_lock = 15                  # minutes without a key; then verbs wait for :unlock and the name above, typed

# A secret is never written here. It is one of
#   { env = "NAME" }                              an environment variable
#   { file = "path" }                             a file of mode 0600, the path relative to this file
#   { command = ["pass", "show", "name"] }        a program that prints it; no shell, 5 seconds
#   { keyring = "service:user" }                  the desktop's keyring (extra "keyring")
#   { credential = "name" }                       a systemd credential

# ---- a hosted PBX (RingMe platform, Telphin and white labels) ----
# [[source]]
# name = "hq"                     # unique, shown on the board
# vendor = "ringme"
# url = "https://pbx.example.net/api/ver1.0"
# auth = { kind = "oauth", client_id = "app", client_secret = { env = "HQ_SECRET" } }
# client = "@me"                  # discovery and the client-wide call list, where the account may
# queues = ["601", "602"]         # exactly these; left out: all that are found
# phones = ["201", "202"]         # asked one by one; left out: the client-wide list
# park_slots = [1, 2, 3]          # park into these slots; left out: plain park
# phone = "2001"                  # overrides [operator] phone here
# budget = 600                    # requests an hour
# consoles = 40                   # so many share the account: each begins with its part until it sees what others use
# timezone = "Europe/Berlin"      # of times that name none

# ---- GroupAlarm emergency hotlines ----
# [[source]]
# name = "responders"
# vendor = "groupalarm"
# organization = 77
# people = { 5 = "K. Roth" }      # names for user ids, which the vendor does not give
# words = { "in activation" = "starting" }   # further words of this vendor: what the board calls them
# auth = { kind = "header", name = "API-TOKEN", value = { env = "GROUPALARM_TOKEN" } }

# ---- Sinch Contact Center: queues, people and disruption notices (it tells no live counts) ----
# [[source]]
# name = "cc"
# vendor = "sinch"
# url = "https://contact.example.net/RI/rci"
# [source.auth]                   # after all other lines of this source
# kind = "basic"
# username = "mira"
# password = { env = "CC_PASSWORD" }
# headers = { x-api-key = { env = "CC_KEY" } }    # where the installation asks for one

# ---- PortSIP PBX ----
# [[source]]
# name = "front"
# vendor = "portsip"
# url = "https://pbx.example.net:8887/api"
# auth = { kind = "login", username = "mira", password = { env = "PBX_PASSWORD" }, domain = "pbx.example.net" }
# phone = "2001"
# options = { push = true, push_url = "wss://pbx.example.net:8887/wsi" }   # push needs the extra "push"

# ---- Asterisk, over its manager interface ----
# [[source]]
# name = "lab"
# vendor = "asterisk"
# url = "tls://pbx.example.net:5039"              # tcp:// only to this machine
# auth = { kind = "ami", username = "wallboard", secret = { file = "ami-secret" } }
# phone = "PJSIP/2001"            # my telephone here: a channel
# transfer_context = "from-internal"
# park_lot = "default"
# wrap_up = 15                    # seconds

# ---- goals and limits; the first rule that matches a queue's name or id wins ----
# [[queue]]
# match = "Sales*"
# goal = { percent = 80, seconds = 20, formula = "live", window = "60m" }   # window: minutes, or "today"
# day = { start = "06:00", zone = "Europe/Berlin" }   # when "today" begins
# warn = { waiting = 3, longest = 60 }
# alarm = { waiting = 6, longest = 120, ready = 0 }   # also service = 65, lost_percent = 10
# agent = { break = 900, wrap_up = 120, talk = 1800, ring = 40, hold = 180 }   # seconds until the row is marked
# priority = 2                    # 1 high, 3 low: order, bell and alarm line

# ---- destinations of one's own; the first nine are on the digits of the picker ----
# [[favourite]]
# name = "Night desk"
# number = "8100"
# source = "hq"                   # only from this source

# ---- what of the board to see; `V` takes one ----
# [[view]]
# name = "night"
# queues = ["Night*", "Emergency*"]
# sources = ["hq"]
# panes = ["queues", "members", "hotlines"]
# filter = "-roster"
# sort = { members = "wait" }

# ---- extensions of one source as seen from another ----
# [[route]]
# from = "hq"
# to = "lab"
# prefix = "88"

# ---- alarms: docs/alarms.md ----
# [alarm]
# bell = true
# quiet = ["22:00-06:00"]         # no bell then
# notify = true                   # in the terminal's title, and to its desktop (OSC 9)
# on_delay = 5                    # seconds that a condition lasts before it is an alarm
# off_delay = 15                  # seconds that it is absent before the alarm is over
# deadband = 0.2                  # share of the limit by which it must be better first
# again = 300                     # seconds until an acknowledged one that is still there asks again

# ---- copies of the action journal where another hand keeps them ----
# [audit]
# forward = "journald"            # or "syslog", "nats" ([share]): each record, after it stands in the file

# ---- the board in browsers: docs/web.md ----
# [web]
# token = { file = "web.token" }  # what it is opened with; left out: made anew at each start where others reach it
# names = ["board.example.net"]   # hosts under which a proxy reaches it
# viewers = 20                    # at once

# ---- one poller for many consoles, over NATS with JetStream (docs/sharing.md) ----
# [share]
# url = ["tls://bus.example.net:4222"]
# auth = { kind = "nats", username = "desk", password = { file = "bus.secret" } }
# site = "north"                  # whose consoles share
# role = "auto"                   # reads while nobody better does; "view" never reads
# fallback = "direct"             # without the bus: read seldom by oneself; "wait": show what is known
# actions = "direct"              # "executor": `serve` acts, and consoles need no auth of the sources

# ---- the poller of a site without a screen: docs/serve.md ----
# [serve]
# metrics = "127.0.0.1:9108"      # /healthz and /metrics
# hook = { listen = "127.0.0.1:9080", url = "https://hooks.example.net/wb" }   # where vendors' events arrive

# ---- keys: wallboard keys lists the ids, wallboard keys --defaults prints them all ----
# [keys]
# "call.hangup" = "X"
"""
