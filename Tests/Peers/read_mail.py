"""Reads an e-mail with Python's own parser and prints what it found as JSON.

    read_mail.py FILE
"""

import email
import email.policy
import email.utils
import json
import sys

with open(sys.argv[1], "rb") as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)

print(json.dumps({
    "from": [[a.display_name, a.addr_spec] for a in message["From"].addresses],
    "to": [[a.display_name, a.addr_spec] for a in message["To"].addresses],
    "subject": str(message["Subject"]),
    "date": int(message["Date"].datetime.timestamp()),
    "id": str(message["Message-ID"]).strip(),
    "type": message.get_content_type(),
    "charset": message.get_content_charset(),
    "automatic": str(message["Auto-Submitted"]),
    "names": [name.lower() for name in message.keys()],
    "body": message.get_content(),
    "defects": [repr(defect) for defect in message.defects],
    "longest": max(len(line) for line in open(sys.argv[1], "rb").read().splitlines()),
}))
