// Where the pages are: one host, registered as business, request and download domain.
module.exports = { site: 'https://jz.example.gov.cn' };
