"""Environments that a deployer may have."""

from __future__ import annotations

REQUIRED = {
    "ACCESS": "api_key",
    "CODE_SECRETS": "c" * 43,
    "NUMBER_SECRET": "n" * 43,
    "DYSMS_SIGN_NAME": "阿里云",
    "DYSMS_TEMPLATES": "SMS_154950909",
    "TABLESTORE_INSTANCE": "sms-verify",
    "TABLESTORE_ENDPOINT": "https://sms-verify.cn-hangzhou.ots.aliyuncs.com",
    "TABLE_PREFIX": "sms_verify_dev_",
    "FUNCTION_ROLE": "sms-verify-dev",
}

FULL = {
    **REQUIRED,
    "REGION": "cn-shenzhen",
    "STAGE": "prod",
    "RUNTIME": "python3.12",
    "FUNCTION_ROLE": "acs:ram::1234567890123456:role/sms-verify-prod",
    "LOG_PROJECT": "sms-verify-logs",
    "LOG_STORE": "prod",
    "TRIGGER_AUTH": "anonymous",
    "API_KEYS": (
        '{"shop": {"sha256": ["' + "a" * 64 + '", "' + "b" * 64 + '"], "limit": "100/1d",'
        ' "scenes": ["sign_in"]}, "app": "' + "d" * 64 + '", "partner": "' + "e" * 64 + '"}'
    ),
    "CAPTCHA": "turnstile",
    "CAPTCHA_SCENES": "sign_in,reset_password",
    "CAPTCHA_ON_FAILURE": "allow",
    "ALIYUN_CAPTCHA_SCENE_IDS": "sign_in=1a2b3c4d,reset_password=5e6f7a8b,change_phone=9c0d1e2f",
    "ALIYUN_CAPTCHA_ENDPOINT": "https://captcha-vpc.cn-shanghai.aliyuncs.com",
    "TURNSTILE_SECRET": "0x4AAAAAAA" + "t" * 25,
    "TURNSTILE_HOSTNAMES": "www.example.com,app.example.com",
    "TURNSTILE_ENDPOINT": "https://challenges.cloudflare.com",
    "SCENES": "sign_in,reset_password,change_phone,confirm_payment",
    "CODE_LENGTH": "6",
    "CODE_TTL": "300",
    "MAX_ATTEMPTS": "3",
    "CODE_SECRETS": "c" * 43 + "," + "d" * 43,
    "REGIONS": "CN,HK,MO,TW,SG",
    "CLIENT_IP": "header:X-Real-IP",
    "CORS_ORIGINS": "https://www.example.com,https://app.example.com",
    "LIMIT_PHONE": "1/60s,5/1h,10/24h",
    "PHONE_SHARE": "0.8",
    "LIMIT_ALLOWED": "100/24h",
    "LIMIT_IP": "10/1h,50/1d",
    "LIMIT_DEVICE": "10/1d",
    "LIMIT_TOTAL": "5000/1d,100000/1mo",
    "LIMIT_REGION": "HK=100/1d;MO=50/1d;TW=50/1d;*=200/1d",
    "LIMIT_CALLER": "2000/1d",
    "LIMIT_GUESS": "5000/1d",
    "SEQUENCE_GUARD": "enforce",
    "ALLOW_NUMBERS": ",".join(f"1380013800{digit}" for digit in range(10)),
    "TEST_NUMBERS": "13900139000=123456@2027-01-31,13900139001=654321@2027-01-31",
    "SMS_PROVIDERS": "dysms",
    "DYSMS_TEMPLATES": "SMS_154950909,reset_password=SMS_154950910,change_phone=SMS_154950911",
    "DYSMS_TEMPLATE_PARAMS": "code=code,min=min",
    "DYSMS_ENDPOINT": "https://dysmsapi.aliyuncs.com",
    "TABLE_PREFIX": "sms_verify_prod_",
    "LOG_LEVEL": "INFO",
    "WARN_PERCENT": "80",
    "ALERT_WEBHOOK": "https://oapi.dingtalk.com/robot/send?access_token=" + "f" * 64,
    "ALERT_FORMAT": "dingtalk",
    "ALERT_WEBHOOK_SECRET": "SEC" + "9" * 64,
}
"""Everything that can be set, at lengths that occur."""
