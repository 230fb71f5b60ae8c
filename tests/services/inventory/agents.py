"""What agents send, as GLPI's, FusionInventory's and OCS' write it, of machines made up here."""

import json
import zlib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

GLPI_AGENT = {"User-Agent": "GLPI-Agent_v1.11", "GLPI-Agent-ID": "3f1c0a52-8a0e-4d55-9d83-0f3a6f0c2b11"}
ZLIB = {"Content-Type": "application/x-compress-zlib"}
GZIP = {"Content-Type": "application/x-compress-gzip"}
FUSION = {"User-Agent": "FusionInventory-Agent_v2.6", "Pragma": "no-cache"}
OCS = {"User-Agent": "OCS-NG_unified_unix_agent_v2.10.0", "Content-Type": "application/x-compress"}

PROLOG = b"""<?xml version="1.0" encoding="UTF-8" ?>
<REQUEST>
  <DEVICEID>PC-COMPTA-2024-03-11-08-15-42</DEVICEID>
  <QUERY>PROLOG</QUERY>
  <TOKEN>12345678</TOKEN>
</REQUEST>
"""

LAPTOP: Mapping[str, Any] = {
    "action": "inventory",
    "deviceid": "PC-COMPTA-2024-03-11-08-15-42",
    "itemtype": "Computer",
    "tag": "compta",
    "content": {
        "accesslog": {"logdate": "2026-03-02 08:59:12"},
        "antivirus": [
            {
                "base_creation": "2026-02-09",
                "base_version": "1.423.115.0",
                "company": "Microsoft Corporation",
                "enabled": True,
                "guid": "{D68DDC3A-831F-4fae-9E44-DA132C1ACF46}",
                "name": "Windows Defender",
                "uptodate": False,
                "version": "4.18.24090.11",
            }
        ],
        "bios": {
            "assettag": "No Asset Tag",
            "bdate": "2023-11-02",
            "bmanufacturer": "Dell Inc.",
            "bversion": "1.31.1",
            "mmanufacturer": "Dell Inc.",
            "mmodel": "0CYKTF",
            "msn": "/7KQ9XL3/CNWS20018400AB/",
            "skunumber": "0A20",
            "smanufacturer": "Dell Inc.",
            "smodel": "Latitude 5420",
            "ssn": "7KQ9XL3",
        },
        "cpus": [
            {
                "core": 4,
                "corecount": 4,
                "manufacturer": "Intel",
                "name": "11th Gen Intel(R) Core(TM) i5-1145G7 @ 2.60GHz",
                "speed": 2600,
                "thread": 8,
            }
        ],
        "drives": [
            {
                "description": "Local Fixed Disk",
                "encrypt_name": "BitLocker",
                "encrypt_status": "Yes",
                "filesystem": "NTFS",
                "free": 20480,
                "label": "Windows",
                "letter": "C:",
                "serial": "5E8A1B2C",
                "systemdrive": True,
                "total": 243543,
                "type": "Local Disk",
            },
            {"description": "CD-ROM Disc", "letter": "D:", "type": "CD-ROM Disc", "total": 650},
        ],
        "envs": [{"key": "SECRET_TOKEN", "val": "hunter2"}, {"key": "USERNAME", "val": "claire.morel"}],
        "hardware": {
            "chassis_type": "Notebook",
            "datelastloggeduser": "Mon Mar 02 08:41",
            "defaultgateway": "192.168.10.1",
            "lastloggeduser": "claire.morel",
            "memory": 16107,
            "name": "PC-COMPTA",
            "swap": 2432,
            "uuid": "4C4C4544-004B-5110-8039-B7C04F584C33",
            "vmsystem": "Physical",
            "winlang": "1036",
            "workgroup": "pasteur.local",
        },
        "local_groups": [{"id": "S-1-5-32-544", "member": ["Administrateur"], "name": "Administrateurs"}],
        "local_users": [{"id": "S-1-5-21-1004", "login": "stagiaire", "name": "Stagiaire"}],
        "memories": [
            {"capacity": 8192, "caption": "DIMM A", "numslots": 1, "speed": "3200", "type": "DDR4"},
            {"capacity": 8192, "caption": "DIMM B", "numslots": 2, "speed": "3200", "type": "DDR4"},
        ],
        "monitors": [
            {"caption": "DELL P2422H", "manufacturer": "Dell Inc.", "serial": "8F3KX42"}
        ],
        "networks": [
            {
                "description": "Intel(R) Ethernet Connection (13) I219-LM",
                "ipaddress": "192.168.10.57",
                "mac": "a4:bb:6d:12:34:56",
                "status": "up",
                "type": "ethernet",
                "virtualdev": False,
            },
            {
                "description": "Realtek USB GbE Family Controller",
                "mac": "00:e0:4c:68:00:01",
                "status": "up",
                "virtualdev": False,
            },
            {
                "description": "VirtualBox Host-Only Ethernet Adapter",
                "mac": "0a:00:27:00:00:00",
                "status": "up",
                "virtualdev": True,
            },
        ],
        "operatingsystem": {
            "arch": "64-bit",
            "full_name": "Microsoft Windows 11 Professionnel",
            "install_date": "2024-03-11 08:02:31",
            "kernel_name": "MSWin32",
            "kernel_version": "10.0.22631",
            "name": "Windows",
            "version": "23H2",
        },
        "processes": [{"cmd": "C:\\Windows\\explorer.exe", "user": "claire.morel"}],
        "softwares": [
            {"name": "7-Zip 24.08 (x64)", "publisher": "Igor Pavlov", "version": "24.08", "arch": "x86_64"},
            {"name": "Mozilla Firefox (x64 fr)", "version": "131.0", "install_date": "2026-01-14"},
            {"name": "Sage 100", "publisher": "Sage", "version": "9.00", "install_date": "2025-05-02"},
        ],
        "storages": [
            {
                "description": "PC SN530 NVMe WDC 256GB",
                "disksize": 244198,
                "interface": "NVME",
                "model": "PC SN530 NVMe WDC 256GB",
                "name": "\\\\.\\PHYSICALDRIVE0",
                "serial": "E823_8FA6_BF53_0001",
                "type": "SSD",
            }
        ],
        "users": [{"domain": "PASTEUR", "login": "claire.morel"}],
        "versionclient": "GLPI-Agent_v1.11",
    },
}  # fmt: skip

PARTIAL_SOFTWARE: Mapping[str, Any] = {
    "action": "inventory",
    "deviceid": LAPTOP["deviceid"],
    "itemtype": "Computer",
    "partial": True,
    "content": {
        "bios": LAPTOP["content"]["bios"],
        "hardware": LAPTOP["content"]["hardware"],
        "operatingsystem": LAPTOP["content"]["operatingsystem"],
        "softwares": [
            {"name": "Mozilla Firefox (x64 fr)", "publisher": "Mozilla", "version": "132.0"},
            {"name": "Sage 100", "publisher": "Sage", "version": "9.00", "install_date": "2025-05-02"},
        ],
        "versionclient": "GLPI-Agent_v1.11",
    },
}

DESKTOP_XML = """<?xml version="1.0" encoding="UTF-8" ?>
<REQUEST>
  <CONTENT>
    <ACCESSLOG><LOGDATE>2026-03-02 07:12:00</LOGDATE></ACCESSLOG>
    <ACCOUNTINFO><KEYNAME>TAG</KEYNAME><KEYVALUE>accueil</KEYVALUE></ACCOUNTINFO>
    <ANTIVIRUS><COMPANY>ESET</COMPANY><ENABLED>1</ENABLED><NAME>ESET Endpoint Antivirus</NAME><UPTODATE>1</UPTODATE><VERSION>11.1</VERSION></ANTIVIRUS>
    <BIOS>
      <ASSETTAG>CLP-00417</ASSETTAG><BDATE>08/15/2021</BDATE><BMANUFACTURER>HP</BMANUFACTURER>
      <SMANUFACTURER>HP</SMANUFACTURER><SMODEL>HP ProDesk 400 G7</SMODEL><SSN>CZC1234ABC</SSN>
    </BIOS>
    <CPUS><CORE>6</CORE><MANUFACTURER>Intel</MANUFACTURER><NAME>Intel(R) Core(TM) i5-10500 CPU @ 3.10GHz</NAME><SPEED>3100</SPEED><THREAD>12</THREAD></CPUS>
    <DRIVES><FILESYSTEM>NTFS</FILESYSTEM><FREE>3120</FREE><LETTER>C:</LETTER><TOTAL>121342</TOTAL><TYPE>Local Disk</TYPE></DRIVES>
    <ENVS><KEY>PATH</KEY><VAL>C:\\Windows</VAL></ENVS>
    <HARDWARE>
      <CHASSIS_TYPE>Desktop</CHASSIS_TYPE><LASTLOGGEDUSER>accueil</LASTLOGGEDUSER><MEMORY>7908</MEMORY><NAME>PC-ACCUEIL</NAME>
      <OSNAME>Microsoft Windows 10 Professionnel</OSNAME><OSVERSION>10.0.19045</OSVERSION>
      <UUID>8B5E2A10-55C3-11EB-B1F0-C8D9D2F0A1B2</UUID><VMSYSTEM>Physical</VMSYSTEM><WORKGROUP>PASTEUR</WORKGROUP>
    </HARDWARE>
    <LOCAL_USERS><ID>1001</ID><LOGIN>accueil</LOGIN></LOCAL_USERS>
    <NETWORKS><DESCRIPTION>Intel(R) Ethernet Connection I219-LM</DESCRIPTION><IPADDRESS>192.168.10.20</IPADDRESS><MACADDR>C8:D9:D2:F0:A1:B2</MACADDR><STATUS>Up</STATUS><VIRTUALDEV>0</VIRTUALDEV></NETWORKS>
    <NETWORKS><DESCRIPTION>VMware Virtual Ethernet Adapter for VMnet8</DESCRIPTION><MACADDR>00:50:56:C0:00:08</MACADDR><VIRTUALDEV>1</VIRTUALDEV></NETWORKS>
    <PRINTERS><NAME>HP LaserJet accueil</NAME><DRIVER>HP Universal</DRIVER></PRINTERS>
    <SOFTWARES><INSTALLDATE>14/01/2025</INSTALLDATE><NAME>Adobe Acrobat Reader</NAME><PUBLISHER>Adobe</PUBLISHER><VERSION>24.002</VERSION></SOFTWARES>
    <SOFTWARES><NAME>LibreOffice 24.2 – éd. française</NAME><VERSION>24.2.5.2</VERSION></SOFTWARES>
    <STORAGES><DISKSIZE>122104</DISKSIZE><MODEL>KINGSTON SA400S37120G</MODEL><SERIALNUMBER>50026B778</SERIALNUMBER><TYPE>disk</TYPE></STORAGES>
    <VERSIONCLIENT>FusionInventory-Agent_v2.6</VERSIONCLIENT>
  </CONTENT>
  <DEVICEID>PC-ACCUEIL-2021-09-01-10-00-00</DEVICEID>
  <QUERY>INVENTORY</QUERY>
</REQUEST>
"""  # noqa: E501 (agents write it so)

PRINTER: Mapping[str, Any] = {
    "action": "netinventory",
    "deviceid": "IMP-COULOIR-2026-03-01-03-00-00",
    "itemtype": "Printer",
    "content": {
        "network_device": {
            "firmware": "2503.0B",
            "ips": ["192.168.10.200"],
            "mac": "00:17:c8:aa:bb:cc",
            "manufacturer": "Kyocera",
            "model": "ECOSYS P3155dn",
            "name": "IMP-COULOIR",
            "ram": 512,
            "serial": "R4P9X00123",
            "type": "Printer",
        },
        "pagecounters": {"total": 48211},
        "versionclient": "GLPI-Agent_v1.11",
    },
}


def packed(message: Mapping[str, Any] | bytes | str) -> bytes:
    """By zlib, as agents do it when they can."""
    return zlib.compress(plain(message))


def gzipped(message: Mapping[str, Any] | bytes | str) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(plain(message)) + packer.flush()


def plain(message: Mapping[str, Any] | bytes | str) -> bytes:
    """GLPI's agent indents its JSON."""
    if isinstance(message, bytes):
        return message
    return (message if isinstance(message, str) else json.dumps(message, indent=3)).encode()


def laptop(unique: str = "", **changes: Any) -> dict[str, Any]:
    """The laptop with ``section__field=value`` changed; ``unique`` makes it another of its model."""
    message = deepcopy(dict(LAPTOP))
    content = message["content"]
    if unique:
        digits = unique.encode().hex()[:12].rjust(12, "1")
        message["deviceid"] = f"PC-{unique}-2024-03-11-08-15-42"
        content["hardware"]["name"] = f"PC-{unique}"
        content["hardware"]["uuid"] = f"4C4C4544-004B-5110-8039-{digits}".upper()
        content["bios"]["ssn"] = f"SN{unique}"
        content["networks"][0]["mac"] = "a4:bb:6d:" + ":".join((digits[6:8], digits[8:10], digits[10:12]))
    for name, value in changes.items():
        section, _, field = name.partition("__")
        if not field:
            message[section] = value
        elif field == "rows":
            content[section] = value
        else:
            content[section][field] = value
    return message
