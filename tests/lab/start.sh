#!/bin/bash
# start.sh DIR: write the configuration, start asterisk and the agents' telephones, wait until
# AMI, ARI and SIP answer, and print the settings as shell lines (also left in DIR/env).
# Everything binds to 127.0.0.1. Settings, from the environment:
#   AMI_PORT 5038  HTTP_PORT 8088  SIP_PORT 5160  AGENT_PORT 5170  RTP_START 16000
#   SECRET labsecret
#   AGENTS 8        telephones 1001.. answered by SIPp (one more, the last, is never connected)
#   LOCAL_AGENTS 2  agents 2001.. on Local channels: no telephone, no audio
#   QUEUES "sales:ringall support:rrmemory emergency:leastrecent"   name:strategy ...
#   AUDIO 1         0: no audio from agents and callers (see below; good for load tests)
#   PHONES ""       name:port ...: more telephones, answered by whoever listens there (the tests' own)
#   BENCH ""        set: one more queue, "bench", without members (the tests staff it themselves)
#   TOPOLOGIES ""   set: queues q400 to q404, as other dialplans write them (see README.md)
#   LOAD_S 0        seconds that app_queue takes to load: AMI takes log-ins meanwhile
#   TLS_CERT ""     a file with certificate and key: AMI over TLS as well, on TLS_PORT 5039
#   MULTIPLE yes    no: an account may be signed in once (allowmultiplelogin)
#   LAB_TRACE ""    set: SIPp writes DIR/log/*.errors (a line for every tick: it grows)
#   ANSWER_S 3  TALK_S 30  HOLD_CHANCE 0.01  HOLD_S 6   an agent's habits, mean seconds
set -euo pipefail
. "$(dirname "$0")/lib.sh"
lab_dir "${1:-}"
[ -f "$ROOT/.complete" ] || die "run setup.sh $1 first"
alive "$LAB/run/asterisk.own" && die "already running in $LAB (stop.sh ends it)"
# What an earlier start left in DIR/env counts only for settings the caller does not give.
: "${AMI_PORT:=5038}" "${HTTP_PORT:=8088}" "${SIP_PORT:=5160}" "${AGENT_PORT:=5170}" "${RTP_START:=16000}"
: "${SECRET:=labsecret}" "${AGENTS:=8}" "${LOCAL_AGENTS:=2}" "${ANSWER_S:=3}" "${TALK_S:=30}"
: "${HOLD_CHANCE:=0.01}" "${HOLD_S:=6}" "${AUDIO:=1}"
: "${QUEUES:=sales:ringall support:rrmemory emergency:leastrecent}" "${PHONES:=}" "${BENCH:=}"
: "${TOPOLOGIES:=}" "${LOAD_S:=0}" "${MULTIPLE:=yes}" "${TLS_CERT:=}" "${TLS_PORT:=5039}"
RTP_END=$((RTP_START + 3999))
mkdir -p "$RUN" "$LOG/cdr-csv" "$ETC" "$VAR/moh" "$VAR/spool" "$VAR/sounds" "$VAR/agi-bin" "$VAR/keys"
[ -e "$VAR/documentation" ] || ln -s "$ROOT/usr/share/asterisk/documentation" "$VAR/documentation"
[ -e "$VAR/rest-api" ] || ln -s "$ROOT/usr/share/asterisk/rest-api" "$VAR/rest-api"
[ -e "$VAR/sounds/en" ] || ln -s "$ROOT/usr/share/asterisk/sounds/en_US_f_Allison" "$VAR/sounds/en" 2>/dev/null || true
# Music on hold: ten seconds of mu-law silence.
[ -s "$VAR/moh/silence.ulaw" ] || head -c 80000 /dev/zero | tr '\0' '\377' > "$VAR/moh/silence.ulaw"

# --- configuration: the templates, then the parts that depend on the numbers --------------
names=(Alice Bob Carol Dave Erin Frank Grace Heidi Ivan Judy Mallory Niaj Olivia Peggy Rupert Sybil)
last=(Ames Baker Cole Diaz Ellis Flynn Gray Hart Irwin Jones Klein Lopez Moss Nash Owens Price)
name() { local i=$1; echo "${names[i % 16]} ${last[(i + i / 16) % 16]}"; }
queue_extens=; i=0
for q in $QUEUES; do
  queue_extens+="exten => $((5000 + i)),1,Answer()"$'\n'" same => n,Queue(${q%%:*},tT)"$'\n'; i=$((i + 1))
done
for MODULES in "$ROOT/usr/lib/$ARCHLIB/asterisk/modules" "$ROOT/usr/lib/asterisk/modules"; do [ -d "$MODULES" ] && break; done
for f in "$HERE"/etc/*.conf.in; do
  text=$(cat "$f")
  for k in LAB MODULES AMI_PORT HTTP_PORT SIP_PORT RTP_START RTP_END SECRET MULTIPLE; do text=${text//@$k@/${!k}}; done
  printf '%s\n' "${text//@QUEUE_EXTENS@/$queue_extens}" > "$ETC/$(basename "$f" .in)"
done
[ -z "$TLS_CERT" ] || sed -i "s|^port = .*|&\ntlsenable = yes\ntlsbindaddr = 127.0.0.1:$TLS_PORT\ntlscertfile = $TLS_CERT\ntlsprivatekey = $TLS_CERT|" "$ETC/manager.conf"
[ "$LOAD_S" = 0 ] || sed -i "1i #exec \"/bin/sleep $LOAD_S\"" "$ETC/queues.conf"
{ for ((a = 0; a <= AGENTS; a++)); do n=$((1001 + a))
    printf '\n[%d](phone)\naors = %d\ncallerid = "%s" <%d>\n[%d](where)\n' $n $n "$(name $a)" $n $n
    # the last one has no telephone: its state is Unavailable
    [ $a -eq "$AGENTS" ] && echo "max_contacts = 1" || echo "contact = sip:$n@127.0.0.1:$AGENT_PORT"
  done
  printf '\n[sup1](phone)\naors = sup1\ncallerid = "Supervisor One" <9001>\n[sup1](where)\ncontact = sip:sup1@127.0.0.1:%d\n' $((AGENT_PORT + 1))
  for p in $PHONES; do
    printf '\n[%s](phone)\naors = %s\ncallerid = "Phone %s" <%s>\n[%s](where)\ncontact = sip:%s@127.0.0.1:%d\n' \
      "${p%%:*}" "${p%%:*}" "${p%%:*}" "${p%%:*}" "${p%%:*}" "${p%%:*}" "${p##*:}"
  done
} >> "$ETC/pjsip.conf"
nq=$(wc -w <<< "$QUEUES"); qi=0
{ for q in $QUEUES; do
    printf '\n[%s](base)\nstrategy = %s\nservicelevel = %d\nweight = %d\n' "${q%%:*}" "${q##*:}" $((20 + qi * 10)) "$qi"
    # every agent works in one queue; every third one in the next queue as well
    for ((a = 0; a <= AGENTS + LOCAL_AGENTS; a++)); do
      if [ $((a % nq)) -eq $qi ] || { [ $((a % 3)) -eq 0 ] && [ $(((a + 1) % nq)) -eq $qi ]; }; then
        if [ $a -le "$AGENTS" ]; then echo "member => PJSIP/$((1001 + a)),$((a % 2)),$(name $a)"
        else n=$((2000 + a - AGENTS)); echo "member => Local/$n@agents/n,0,$(name $a)"; fi
      fi
    done; qi=$((qi + 1))
  done
  [ -z "$BENCH" ] || printf '\n[bench](base)\nstrategy = ringall\n'
  [ -z "$TOPOLOGIES" ] || cat "$HERE/etc/topologies-queues.conf"; } >> "$ETC/queues.conf"

chance() { awk -v s="$1" 'BEGIN{printf "%.4f", (s<1)?1:1/s}'; }
sed -e "s/@ANSWER@/$(chance "$ANSWER_S")/; s/@HANGUP@/$(chance "$TALK_S")/; s/@HOLD@/$HOLD_CHANCE/; s/@UNHOLD@/$(chance "$HOLD_S")/" \
  "$HERE/sipp/agent.xml" > "$RUN/agent.xml"
# The supervisor's telephone answers at once and stays.
# Audio (mu-law silence, 50 packets a second) matters: a ChanSpy on a call in which no audio
# flows cannot be ended, not even with Hangup, until that call ends.
# The supervisor sends a 1 kHz tone, so that a recording shows who hears a whisper or a barge.
cp "$VAR/moh/silence.ulaw" "$RUN/silence.ulaw"
{ for ((i = 0; i < 1000; i++)); do printf '\x1e\x0b\x0b\x1e\x9e\x8b\x8b\x9e'; done; } > "$RUN/tone.ulaw"
stream='<nop><action><exec rtp_stream="silence.ulaw,-1,0,PCMU/8000"/></action></nop>'
[ "$AUDIO" = 0 ] || sed -i "s|<!--AUDIO-->|$stream|" "$RUN/agent.xml"
sed -e "s/@ANSWER@/1/; s/@HANGUP@/0/; s/@HOLD@/0/; s/@UNHOLD@/0/" \
  -e "s|<!--AUDIO-->|${stream/silence/tone}|" \
  "$HERE/sipp/agent.xml" > "$RUN/supervisor.xml"

# --- start ----------------------------------------------------------------------------------
t0=$(date +%s.%N)
( lab_exec /usr/sbin/asterisk -f -C "$ETC/asterisk.conf" ) < /dev/null > "$LOG/console" 2>&1 &
note_pid $! "$RUN/asterisk.own"
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
ok=
for ((i = 0; i < 300; i++)); do
  alive "$RUN/asterisk.own" || { tail -20 "$LOG/console" >&2; die "asterisk ended while starting"; }
  if answers "$AMI_PORT" && answers "$HTTP_PORT" && asterisk_cli "core waitfullybooted" 2>/dev/null | grep -q 'fully booted'; then ok=1; break; fi
  sleep 0.1
done
[ -n "$ok" ] || die "asterisk did not answer within 30 s; see $LOG/messages"
phone() { # phone NAME SCENARIO PORT FIRST_MEDIA_PORT LAST_MEDIA_PORT
  ( cd "$RUN"; export TERM=dumb; lab_exec /usr/bin/sipp -sf "$2" -i 127.0.0.1 -p "$3" -mi 127.0.0.1 -mp "$4" -max_rtp_port "$5" \
      -ci 127.0.0.1 -cp $(($3 + 1000)) \
      -nostdin -default_behaviors all,-abortunexp -l 5000 ${LAB_TRACE:+-trace_err -error_file "$LOG/$1.errors"} 127.0.0.1:"$SIP_PORT" ) \
    < /dev/null > "$LOG/$1.screen" 2>&1 &
  note_pid $! "$RUN/$1.own"
}
phone agents "$RUN/agent.xml" "$AGENT_PORT" $((RTP_START + 4500)) $((RTP_START + 8498))
phone supervisor "$RUN/supervisor.xml" $((AGENT_PORT + 1)) $((RTP_START + 4100)) $((RTP_START + 4498))
sleep 0.3
for p in agents supervisor; do alive "$RUN/$p.own" || { tail -5 "$LOG/$p.screen" >&2; die "the $p telephones did not start"; }; done
for k in AMI_PORT HTTP_PORT SIP_PORT AGENT_PORT RTP_START SECRET AGENTS LOCAL_AGENTS ANSWER_S TALK_S HOLD_CHANCE HOLD_S AUDIO; do echo ": \${$k:=${!k}}"; done > "$LAB/env"
echo ": \${QUEUES:='$QUEUES'}" >> "$LAB/env"
awk -v a="$t0" -v b="$(date +%s.%N)" 'BEGIN{printf "# up in %.1f s\n", b-a}'
cat <<ENV
LAB_AMI_HOST=127.0.0.1
LAB_AMI_PORT=$AMI_PORT
LAB_AMI_USER=supervisor
LAB_AMI_SECRET=$SECRET
LAB_ARI_URL=http://127.0.0.1:$HTTP_PORT/asterisk/ari
LAB_ARI_USER=wallboard
LAB_ARI_PASSWORD=$SECRET
ENV
